/*
 * What programs really printed, read by all languages' parsers together, in every way it can come.
 *
 * tests/goldens/tracebacks/LANGUAGE/NAME.txt is the bytes; NAME.writes, if there is one, the sizes
 * of the writes they came in (else it was one); NAME.json what must be found, an array of reports
 * (traceback_dump.h). expect_golden("python", "chained") in a test does all of it. To make a
 * NAME.json: TRACEBACK_DUMP=1 prints what was found, tests/goldens/tracebacks/keep_found.py NAME…
 * writes it to the files. Read it against the .txt before it is kept.
 */
#ifndef SUPPORT_TRACEBACK_VECTORS_H
#define SUPPORT_TRACEBACK_VECTORS_H

#include "traceback_sink.h"

#define MAX_VECTOR_CUTS 3000 /* offsets a golden file is cut at, evenly, when it is longer */

static inline struct view read_vector_file(const char *language, const char *name, const char *end)
{
	char path[256], *bytes = malloc(1 << 20);
	FILE *file;
	size_t size = 0;

	snprintf(path, sizeof(path), "tests/goldens/tracebacks/%s/%s.%s", language, name, end);
	file = fopen(path, "re");
	if (file) {
		size = fread(bytes, 1, 1 << 20, file);
		fclose(file);
	}
	if (file)
		return view_of(bytes, size);
	free(bytes);
	return (struct view){0};
}

static inline void assert_reports_at(json_t *got, json_t *wanted, const char *what, const char *at,
				     int line)
{
	char *text;

	if (json_equal(got, wanted))
		return;
	text = json_dumps(got, JSON_INDENT(1) | JSON_ENSURE_ASCII);
	fprintf(stderr, "%s: found: %s\n", what, text); /* longer than print_error can do */
	free(text);
	_fail(at, line);
}

static inline void expect_cut(struct view text, struct view writes, json_t *wanted, size_t cut,
			      const char *what)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);
	size_t before;

	feed_writes(reader, text, writes, SIZE_MAX, cut);
	before = json_array_size(sink.reports);
	for (size_t i = 0; i < before; i++)
		if (!json_equal(json_array_get(sink.reports, i), json_array_get(wanted, i)))
			fail_msg("%s cut at %zu: a report came early", what, cut);
	if (cut % 2)
		traceback_reader_gap(reader);
	else
		traceback_reader_end(reader);
	assert_true(json_array_size(sink.reports) <= json_array_size(wanted));
	for (size_t i = before; i < json_array_size(sink.reports); i++) {
		json_t *report = json_array_get(sink.reports, i);

		if (cut % 2 && !json_object_get(report, "is_truncated") &&
		    !json_equal(report, json_array_get(wanted, i)))
			fail_msg("%s cut at %zu: it is not said to be truncated", what, cut);
	}
	vector_reader_free(&reader, &sink);
}

/* Whole, byte by byte, in pieces of 7, and cut at every offset. */
static inline void expect_vector(struct view text, struct view writes, json_t *wanted,
				 const char *what)
{
	static const size_t pieces[] = {SIZE_MAX, 1, 7};
	size_t step = text.size / MAX_VECTOR_CUTS + 1;

	for (size_t i = 0; i < 3; i++) {
		struct vector_sink sink;
		struct traceback_reader *reader = vector_reader_new(&sink);

		feed_writes(reader, text, writes, pieces[i], text.size);
		traceback_reader_end(reader);
		assert_reports_at(sink.reports, wanted, what, __FILE__, __LINE__);
		vector_reader_free(&reader, &sink);
	}
	for (size_t cut = 0; cut < text.size; cut += step)
		expect_cut(text, writes, wanted, cut, what);
}

/* What is found in one write; the caller's to json_decref. */
static inline json_t *find_reports(const char *text)
{
	struct vector_sink sink;
	struct traceback_reader *reader = vector_reader_new(&sink);
	json_t *found = json_incref(sink.reports);

	traceback_reader_feed(reader, view_of_text(text), true, 1000);
	traceback_reader_end(reader);
	vector_reader_free(&reader, &sink);
	return found;
}

/* wanted: the JSON array, without spaces to care about. */
static inline void expect_reports(const char *text, const char *wanted)
{
	json_t *found = find_reports(text), *reports = json_loads(wanted, 0, NULL);

	assert_non_null(reports);
	assert_reports_at(found, reports, text, __FILE__, __LINE__);
	json_decref(reports);
	json_decref(found);
}

static inline void expect_golden(const char *language, const char *name)
{
	struct view text = read_vector_file(language, name, "txt");
	struct view writes = read_vector_file(language, name, "writes");
	struct view json = read_vector_file(language, name, "json");
	json_t *wanted = json.size ? json_loadb(json.bytes, json.size, 0, NULL) : json_array();

	assert_true(text.size > 0 && wanted);
	if (getenv("TRACEBACK_DUMP")) {
		struct vector_sink sink;
		struct traceback_reader *reader = vector_reader_new(&sink);

		feed_writes(reader, text, writes, SIZE_MAX, text.size);
		traceback_reader_end(reader);
		printf("%s/%s\t", language, name);
		json_dumpf(sink.reports, stdout, JSON_COMPACT);
		printf("\n");
		vector_reader_free(&reader, &sink);
	} else {
		expect_vector(text, writes, wanted, name);
	}
	json_decref(wanted);
	free_copy(text);
	free_copy(writes);
	free_copy(json);
}

#endif
