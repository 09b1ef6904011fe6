/* Places first: what is alike is known by the frames of its own. */
#include "exceptions/exception_admission.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/clock.h"
#include "crash/crash_limiter.h"
#include "exceptions/exception_grouping.h"
#include "exceptions/exception_history.h"
#include "exceptions/frame_places.h"
#include "exceptions/source_context.h"

#define PROC_ROOT "/proc"

struct exception_admission {
	const struct exception_settings *settings;
	struct drops *drops;
	struct crash_limiter *limiter;
	struct exception_history history;
	struct frame_places places;
};

int exception_admission_new(struct exception_admission **ret,
			    const struct exception_settings *settings, struct drops *drops)
{
	_cleanup_(exception_admission_free) struct exception_admission *admission =
		calloc(1, sizeof(*admission));
	int err;

	if (!admission)
		return -ENOMEM;
	admission->settings = settings;
	admission->drops = drops;
	admission->places =
		(struct frame_places){settings->in_app_include, settings->in_app_exclude};
	err = crash_limiter_new(&admission->limiter, settings->burst,
				settings->interval_ms * NS_PER_MS);
	if (err < 0)
		return err;
	*ret = TAKE_PTR(admission);
	return 0;
}

void exception_admission_free(struct exception_admission **admission)
{
	if (!*admission)
		return;
	crash_limiter_free(&(*admission)->limiter);
	free(*admission);
	*admission = NULL;
}

bool exception_admission_admit(struct exception_admission *admission,
			       const struct process_scene *scene, struct crash *crash,
			       uint64_t time_ns, uint64_t now_ns)
{
	struct crash_limiter_key key = {.kind = CRASH_EXCEPTION};

	frame_places_apply(&admission->places, scene, crash);
	if (exception_history_has(&admission->history, crash, time_ns)) {
		drops_count(admission->drops, DROP_EXCEPTION_DUPLICATE);
		return false;
	}
	key.executable = exception_grouping_problem(crash);
	if (!crash_limiter_admit(admission->limiter, &key, now_ns, &crash->suppressed_count)) {
		drops_count(admission->drops, DROP_EXCEPTION_SUPPRESSED);
		return false;
	}
	if (admission->settings->source_context)
		source_context_fill(admission->settings, PROC_ROOT, scene, crash);
	return true;
}
