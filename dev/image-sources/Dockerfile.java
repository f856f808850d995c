FROM mirrord-test/base
# The certificate scripts of the package want the manual folder that slim images leave out.
RUN mkdir -p /usr/share/man/man1 && apt-get install -y --no-install-recommends openjdk-17-jdk-headless
COPY files/App.java /app/App.java
RUN javac -d /app /app/App.java
WORKDIR /app
ENTRYPOINT ["java", "-cp", "/app", "App"]
CMD ["serve"]
