/* Becoming another program. The theory is in execute.c. */
#ifndef MIRRORD_EXECUTE_H
#define MIRRORD_EXECUTE_H

/* Executes arguments[0], looked up in the PATH of the environment given. Returns only on failure, after having said why:
 * the exit code, 126 (found, but cannot be run) or 127 (not found). */
int execute(char **arguments, char **environment);

#endif
