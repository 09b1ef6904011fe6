/*
 * The last thing before an exception goes: whose its frames are, whether it was told before,
 * whether there were too many like it, and its lines of source, which only what goes is worth.
 * Capture thread.
 */
#ifndef EXCEPTIONS_EXCEPTION_ADMISSION_H
#define EXCEPTIONS_EXCEPTION_ADMISSION_H

#include "base/drops.h"
#include "model/crash.h"
#include "process/process_scene.h"
#include "settings/settings.h"

struct exception_admission;

/* settings and drops are borrowed. */
int exception_admission_new(struct exception_admission **ret,
			    const struct exception_settings *settings, struct drops *drops);
void exception_admission_free(struct exception_admission **admission);

/* False: it is not to go (counted). time_ns: of the report; now_ns: by record time. */
bool exception_admission_admit(struct exception_admission *admission,
			       const struct process_scene *scene, struct crash *crash,
			       uint64_t time_ns, uint64_t now_ns);

#endif
