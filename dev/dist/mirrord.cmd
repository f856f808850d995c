@echo off
rem Starts mirrord with the Java 25 of JAVA_HOME, or of the path.
setlocal
set "java=java"
if defined JAVA_HOME set "java=%JAVA_HOME%\bin\java"
"%java%" "@%~dp0..\lib\jvm-flags" -cp "%~dp0..\lib\*" dev.mirrord.cli.Main %*
