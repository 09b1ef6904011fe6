/* Profiles come in stretches of time and process by process, and are merged. What was never sampled
 * makes no file: there would be nothing to look at, and a run that failed has said why. */
#include "exporters/profile/profile_files.h"

#include <errno.h>
#include <stdlib.h>
#include "base/cleanup.h"
#include "base/final_file.h"
#include "base/log.h"
#include "exporters/exporter.h"
#include "exporters/profile/folded.h"
#include "exporters/profile/pprof.h"
#include "exporters/profile/speedscope.h"
#include "model/profile_merge.h"
#include "model/profile_text.h"

static const struct profile_format {
	struct final_file_words words;
	size_t path; /* in struct profile_files_settings */
	void (*write)(struct profile_output *output, const struct profile_writing *writing);
} formats[] = {
	{{"folded stacks to", "--folded"},
	 offsetof(struct profile_files_settings, folded),
	 folded_write},
	{{"a pprof profile to", "--pprof"},
	 offsetof(struct profile_files_settings, pprof),
	 pprof_write},
	{{"a speedscope profile to", "--speedscope"},
	 offsetof(struct profile_files_settings, speedscope),
	 speedscope_write},
};

#define FORMATS_COUNT (sizeof(formats) / sizeof(formats[0]))

struct profile_files {
	struct exporter exporter; /* first: the handle */
	struct profile *profile;  /* NULL: none came yet */
	struct final_file *files[FORMATS_COUNT];
	bool has_requests;
};

static const char *path_of(const struct profile_files_settings *settings, size_t format)
{
	return *(const char *const *)((const char *)settings + formats[format].path);
}

bool profile_files_is_wanted(const struct profile_files_settings *settings)
{
	for (size_t i = 0; i < FORMATS_COUNT; i++)
		if (path_of(settings, i))
			return true;
	return false;
}

static int take_profile(struct profile_files *files, const struct profile *profile)
{
	int err = files->profile
			  ? 0
			  : profile_new(&files->profile, profile->resource, profile->frequency_hz);

	return err < 0 ? err : profile_merge_add(files->profile, profile);
}

static void export_batch(struct exporter *exporter, const struct batch *batch,
			 struct export_result *ret_result)
{
	struct profile_files *files = (struct profile_files *)exporter;

	*ret_result = (struct export_result){.outcome = EXPORT_SENT, .reason = DROP_OUTPUT_FAILED};
	for (uint32_t i = 0; i < batch->count; i++)
		if (take_profile(files, batch->items[i]->profile) < 0)
			ret_result->rejected_count++;
}

static void write_file(struct profile_files *files, size_t format)
{
	const struct profile_writing writing = {files->profile, files->has_requests};
	struct final_file *file = files->files[format];
	struct profile_output output;
	char error[512];
	FILE *stream;
	int err = final_file_open(file, &stream, error, sizeof(error));

	if (err < 0) {
		log_error("%s", error);
		return;
	}
	profile_output_init(&output, stream);
	formats[format].write(&output, &writing);
	err = profile_output_end(&output);
	profile_output_done(&output);
	if (err < 0 && !ferror(stream)) {
		log_error("cannot write %s %s: out of memory", formats[format].words.what,
			  final_file_name(file));
		final_file_abandon(file, &stream);
		return;
	}
	if (final_file_commit(file, &stream, error, sizeof(error)) < 0)
		log_error("%s", error);
	else
		log_info("profile: %s", final_file_name(file));
}

static void say_what_is_missing(const struct profile *profile)
{
	uint64_t lost = profile_text_lost(profile);

	if (profile_text_is_lossy(profile))
		log_warning("profile: %llu of %llu samples were lost: shares of time may be wrong; "
			    "sample less often",
			    (unsigned long long)lost,
			    (unsigned long long)(lost + profile->samples_count));
}

static void close_files(struct exporter **exporter)
{
	struct profile_files *files = (struct profile_files *)*exporter;

	if (!files)
		return;
	if (files->profile)
		say_what_is_missing(files->profile);
	for (size_t i = 0; i < FORMATS_COUNT; i++) {
		if (files->files[i] && files->profile)
			write_file(files, i);
		final_file_free(&files->files[i]);
	}
	profile_free(&files->profile);
	free(files);
	*exporter = NULL;
}

static const struct exporter_ops profile_ops = {
	.name = "profile",
	.export = export_batch,
	.close = close_files,
	.is_local = true,
	.wanted_kinds = ITEM_BIT(ITEM_PROFILE),
};

int profile_files_new(struct exporter **ret, const struct profile_files_settings *settings,
		      char *ret_error, size_t error_size)
{
	struct profile_files *files = calloc(1, sizeof(*files));
	struct exporter *exporter = files ? &files->exporter : NULL;
	int err = 0;

	if (!files) {
		(void)snprintf(ret_error, error_size, "out of memory");
		return -ENOMEM;
	}
	exporter->ops = &profile_ops;
	files->has_requests = settings->has_requests;
	for (size_t i = 0; i < FORMATS_COUNT && err == 0; i++)
		if (path_of(settings, i))
			err = final_file_new(&files->files[i], formats[i].words,
					     path_of(settings, i), ret_error, error_size);
	if (err < 0) {
		close_files(&exporter);
		return err;
	}
	*ret = exporter;
	return 0;
}
