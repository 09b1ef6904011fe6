/*
 * The lines of source around each frame, from the file as the process sees it, when the process
 * itself may read it (source_files.h). What does not have the line that the report printed, or
 * changed since the process began and nothing was printed to compare, is left alone. Bounded per
 * event in files and bytes. Capture thread.
 */
#ifndef EXCEPTIONS_SOURCE_CONTEXT_H
#define EXCEPTIONS_SOURCE_CONTEXT_H

#include "model/crash.h"
#include "process/process_scene.h"
#include "settings/settings.h"

void source_context_fill(const struct exception_settings *settings, const char *proc_root,
			 const struct process_scene *scene, struct crash *crash);

#endif
