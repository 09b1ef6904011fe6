/*
 * Reads what is mapped where out of /proc/PID/maps into the pipeline, as records like perf's: of
 * what was there before limpet, and when mapping events were lost. Capture thread.
 */
#ifndef MAP_READING_H
#define MAP_READING_H

#include <sys/types.h>
#include "pipeline.h"

/* Of one process. Nothing where nobody wants images. */
void map_reading_one(struct pipeline *pipeline, pid_t tgid);

/* Of everybody that is traced. */
void map_reading_all(struct pipeline *pipeline);

#endif
