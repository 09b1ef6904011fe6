/*
 * 100 MB of what programs print when nothing of the kind happens: no report. Samples of real logs
 * with their numbers changed (tests/goldens/tracebacks/ordinary), our own texts and sources, and
 * Python's library where it is installed; in writes of a few lines, all languages looking on.
 */
#include <ftw.h>
#include "traceback_sink.h"

#define WANTED_BYTES (100u << 20)
#define MAX_FILE     (1 << 18)
#define MAX_FILES    1500

struct sample {
	char path[512];
	struct view text;
};

static struct sample samples[MAX_FILES];
static size_t samples_count, doubtful;
static uint64_t seed = 0x2545f4914f6cdd1dULL;

static uint64_t next_number(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static int add_sample(const char *path, const struct stat *status, int kind, struct FTW *where)
{
	struct view name = view_of_text(path);
	FILE *file;
	char *bytes;

	(void)where;
	if (kind != FTW_F || samples_count == MAX_FILES || !status->st_size ||
	    !(view_ends_with(name, VIEW_LITERAL(".log")) ||
	      view_ends_with(name, VIEW_LITERAL(".md")) ||
	      view_ends_with(name, VIEW_LITERAL(".c")) ||
	      view_ends_with(name, VIEW_LITERAL(".py"))))
		return 0;
	file = fopen(path, "re");
	if (!file)
		return 0;
	bytes = malloc(MAX_FILE);
	assert_non_null(bytes);
	samples[samples_count].text = view_of(bytes, fread(bytes, 1, MAX_FILE, file));
	snprintf(samples[samples_count++].path, sizeof(samples[0].path), "%s", path);
	fclose(file);
	return 0;
}

/* Every digit another one, now and then. */
static void change_numbers(struct view text)
{
	char *bytes = (char *)(uintptr_t)text.bytes;
	uint64_t random = next_number();

	for (size_t i = 0; i < text.size; i++) {
		if (bytes[i] < '0' || bytes[i] > '9')
			continue;
		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		if (random >> 62 == 0)
			bytes[i] = (char)('0' + (random >> 32) % 10);
	}
}

/* One write of up to 30 lines, or of a part of one. */
static struct view next_write(struct view *rest)
{
	size_t lines = 1 + next_number() % 30, size = 0;
	struct view write;

	if (next_number() % 50 == 0) {
		size = 1 + next_number() % 200;
	} else {
		for (; lines && size < rest->size; lines--) {
			ssize_t end = view_find_byte(view_skip(*rest, size), '\n');

			size = end < 0 ? rest->size : size + (size_t)end + 1;
		}
	}
	write = view_take(*rest, size);
	*rest = view_skip(*rest, write.size);
	return write;
}

static void feed_sample(struct traceback_reader *reader, struct vector_sink *sink,
			const struct sample *sample)
{
	struct view rest = sample->text;
	json_t *report;
	size_t i;

	while (rest.size)
		traceback_reader_feed(reader, next_write(&rest), true, 1000);
	traceback_reader_end(reader);
	json_array_foreach(sink->reports, i, report)
	{
		/* Of a process that dies of it only. */
		if (json_object_get(report, "needs_death")) {
			doubtful++;
			continue;
		}
		json_dumpf(report, stderr, JSON_INDENT(1));
		fprintf(stderr, "%s\n", json_string_value(json_array_get(sink->texts, i)));
		fail_msg("a report in %s", sample->path);
	}
	json_array_clear(sink->reports);
	json_array_clear(sink->texts);
}

static void test_no_report(void **state)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);
	uint64_t bytes = 0;
	size_t logs, at;

	(void)state;
	nftw("tests/goldens/tracebacks/ordinary", add_sample, 8, FTW_PHYS);
	logs = samples_count;
	assert_true(logs >= 6);
	nftw("README.md", add_sample, 8, FTW_PHYS);
	nftw("HACKING.md", add_sample, 8, FTW_PHYS);
	nftw("agent", add_sample, 8, FTW_PHYS);
	nftw("/usr/lib/python3", add_sample, 8, FTW_PHYS);
	while (bytes < WANTED_BYTES) {
		/* Logs every other time: they are what this is about. */
		at = next_number() % (next_number() % 2 ? logs : samples_count);
		feed_sample(reader, &sink, &samples[at]);
		change_numbers(samples[at].text);
		bytes += samples[at].text.size;
	}
	print_message("%zu samples, %zu MB, %zu beginnings that were none, %zu to die of\n",
		      samples_count, (size_t)(bytes >> 20), (size_t)sink.last_id, doubtful);
	vector_reader_free(&reader, &sink);
	for (size_t i = 0; i < samples_count; i++)
		free_copy(samples[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
