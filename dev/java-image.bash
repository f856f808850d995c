# shellcheck shell=bash
# Sourced by the build-image scripts of agent and sidecar: the part of an image that is Java.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash"

# What jdeps finds, without what only never used code asks for (desktop, SQL, XML).
readonly java_modules=java.base,java.logging,java.naming,jdk.unsupported

# The version that the root pom.xml names.
product_version() {
    sed -n 's:^  <version>\(.*\)</version>$:\1:p' "${dev_root%/*}/pom.xml" | head -n 1
}

# java_context MODULE MAIN CONTEXT [JAVA-MODULE]: fills the build context with run/ (a Java runtime), app/ (jars, and `arguments` for java) and
# native/ (the shared libraries out of the jars). MODULE is a folder with target/ and jvm-flags.
java_context() {
    local module=$1 main=$2 context=$3 modules=$java_modules${4:+,$4} jdk jars jar runtime
    jdk=$("$dev_root/jdk")
    jar=$(ls "$module"/target/mirrord-*-"$(product_version)".jar 2>/dev/null) ||
        fail "no jar in $module/target yet: run ./mvnw package -DskipTests"
    require_packages unzip
    mkdir "$context/app" "$context/native"
    cp "$jar" "$context/app/"
    find "$module/target/lib" -name '*.jar' ! -name '*-osx-*' ! -name '*-windows-*' ! -name '*-linux-aarch_64.jar' \
        -exec cp -t "$context/app" {} +

    # Shared libraries lie beside the jars: nothing has to be unpacked at start, and the root file system may be read-only.
    for jars in "$context"/app/netty-transport-native-epoll-*-linux-x86_64.jar \
        "$context"/app/netty-tcnative-boringssl-static-*-linux-x86_64.jar; do
        unzip -qoj "$jars" 'META-INF/native/*.so' -d "$context/native"
    done
    for jars in "$context"/app/jna-*.jar; do
        [[ ! -f $jars ]] || unzip -qoj "$jars" 'com/sun/jna/linux-x86-64/*.so' -d "$context/native"
    done
    strip --strip-unneeded "$context"/native/*.so
    make -s -C "${dev_root%/*}/layer-native"
    cp "${dev_root%/*}/layer-native/build/$(uname -m)/libmirrord-syscall.so" "$context/native/"

    # Class path in one explicit order: a class cache holds only for the one that it was trained with.
    jars=$(find "$context/app" -name '*.jar' -printf '/mirrord/app/%f\n' | LC_ALL=C sort | paste -sd:)
    {
        cat "$module/jvm-flags"
        printf -- '-cp\n%s\n%s\n' "$jars" "$main"
    } >"$context/app/arguments"

    runtime=$MIRRORD_DEV_CACHE/runtime-$(hash_of "$jdk/release" "$modules")
    if [[ ! -d $runtime ]]; then
        step "linking a Java runtime of $modules"
        rm -rf "$runtime.new"
        "$jdk/bin/jlink" --add-modules "$modules" --output "$runtime.new" --strip-debug --no-header-files \
            --no-man-pages --compress zip-0 --vm server
        mv "$runtime.new" "$runtime"
    fi
    cp -a "$runtime" "$context/run"
}
