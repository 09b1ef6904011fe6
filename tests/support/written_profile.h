/* What a writer of profiles makes of one, in memory. */
#ifndef SUPPORT_WRITTEN_PROFILE_H
#define SUPPORT_WRITTEN_PROFILE_H

#include <stdlib.h>
#include "exporters/profile/profile_output.h"
#include "sample_profile.h"

/* To be freed; the text ends in a NUL. Frees the profile. */
static inline struct view written_profile(void (*write)(struct profile_output *output,
							const struct profile_writing *writing),
					  struct profile *profile, bool has_requests)
{
	const struct profile_writing writing = {profile, has_requests};
	struct profile_output output;
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);

	assert_non_null(stream);
	profile_output_init(&output, stream);
	write(&output, &writing);
	assert_int_equal(profile_output_end(&output), 0);
	profile_output_done(&output);
	assert_int_equal(fclose(stream), 0);
	profile_free(&profile);
	return view_of(text, size);
}

#endif
