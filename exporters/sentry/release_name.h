/*
 * Release, dist and environment, as Sentry wants them. A crash without a release gets one made of
 * what is known of the program, so that the same build is always the same release; sessions do not
 * get one of its build-id (a release that only ever crashes would be a lie).
 */
#ifndef SENTRY_RELEASE_NAME_H
#define SENTRY_RELEASE_NAME_H

#include "model/crash.h"

#define MAX_RELEASE_NAME_BYTES 256
#define MAX_DIST_BYTES         17 /* 16 hex digits of a build-id */

/* The release set, else service@version; empty when neither is known. */
void release_name_of_resource(const struct resource *resource, char *buffer, size_t size);

/* The same, else executable@build-id. */
void release_name_of_crash(const struct crash *crash, char *buffer, size_t size);

/* The build-id of the executable, its first 16 digits; empty when it is not known. */
void release_name_dist(const struct crash *crash, char ret_dist[MAX_DIST_BYTES]);

/* "production" when the process says nothing. */
struct view release_name_environment(const struct resource *resource);

#endif
