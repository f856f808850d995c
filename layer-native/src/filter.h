/* Which of the app's system calls stop for the supervisor. The theory is in filter.c. */
#ifndef MIRRORD_FILTER_H
#define MIRRORD_FILTER_H

#include "policy.h"

/* In the process that is about to execute the app: installs the filter, which lets calls with the marker (0: none) pass. The
 * listener's descriptor, or a negative errno. */
long filter_install(uint64_t marker, const struct policy *policy);

#endif
