/* Chains of every language: order, ids, parents and words; native stacks; and what goes first. */
#include "exporters/sentry/event_chain.h"

#include "cmocka_test.h"
#include "crash_variants.h"
#include "sample_exception.h"

static const struct chain_limits all = {
	.frames = {.max_frames = 256, .max_name_characters = 100, .max_source_lines = 5},
	.max_exceptions = MAX_EXCEPTIONS,
	.max_value_characters = 100,
};

/* Without stacks, which have tests of their own. */
static void assert_chain(enum sample_language language, const char *expected)
{
	struct crash *crash = known_exception(language);
	json_t *object = event_chain_encode(crash, "x86_64", all), *value;
	char *text;
	size_t i;

	json_array_foreach(json_object_get(object, "values"), i, value)
	{
		assert_non_null(json_object_get(value, "stacktrace"));
		(void)json_object_del(value, "stacktrace");
	}
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text, expected);
	free(text);
	json_decref(object);
	crash_free(&crash);
}

static void python(void **state)
{
	(void)state;
	assert_chain(SAMPLE_PYTHON,
		     "{\"values\":[{\"type\":\"JSONDecodeError\",\"value\":\"Expecting value: line "
		     "1 column 1 (char 0)\",\"module\":\"json.decoder\",\"mechanism\":{\"type\":"
		     "\"chained\",\"handled\":true,\"exception_id\":1,\"parent_id\":0,\"source\":"
		     "\"__context__\"}},{\"type\":\"ZeroDivisionError\",\"value\":\"division by "
		     "zero\",\"thread_id\":4714,\"mechanism\":{\"type\":\"logging\",\"handled\":"
		     "true,\"exception_id\":0}}]}");
}

static void group(void **state)
{
	(void)state;
	assert_chain(SAMPLE_GROUP,
		     "{\"values\":[{\"type\":\"OSError\",\"value\":\"[Errno 110] timed out\","
		     "\"mechanism\":{\"type\":\"chained\",\"handled\":false,\"exception_id\":3,"
		     "\"parent_id\":2,\"source\":\"__cause__\"}},{\"type\":\"TimeoutError\","
		     "\"mechanism\":{\"type\":\"chained\",\"handled\":false,\"exception_id\":2,"
		     "\"parent_id\":0,\"source\":\"exceptions[1]\"}},{\"type\":\"ValueError\","
		     "\"value\":\"no such order\",\"mechanism\":{\"type\":\"chained\",\"handled\":"
		     "false,\"exception_id\":1,\"parent_id\":0,\"source\":\"exceptions[0]\"}},"
		     "{\"type\":\"ExceptionGroup\",\"value\":\"two tasks failed (2 "
		     "sub-exceptions)\",\"thread_id\":4714,\"mechanism\":{\"type\":\"excepthook\","
		     "\"handled\":false,\"exception_id\":0,\"is_exception_group\":true}}]}");
}

static void node(void **state)
{
	(void)state;
	assert_chain(SAMPLE_NODE,
		     "{\"values\":[{\"type\":\"Error\",\"value\":\"connect ECONNREFUSED\","
		     "\"mechanism\":{\"type\":\"chained\",\"handled\":false,\"exception_id\":1,"
		     "\"parent_id\":0,\"source\":\"cause\"}},{\"type\":\"TypeError\",\"value\":"
		     "\"Cannot read properties of undefined\",\"thread_id\":4714,\"mechanism\":"
		     "{\"type\":\"onuncaughtexception\",\"handled\":false,\"exception_id\":0}}]}");
}

static void java(void **state)
{
	(void)state;
	assert_chain(SAMPLE_JAVA,
		     "{\"values\":[{\"type\":\"NullPointerException\",\"module\":\"java.lang\","
		     "\"mechanism\":{\"type\":\"chained\",\"handled\":false,\"exception_id\":2,"
		     "\"parent_id\":0}},{\"type\":\"IOException\",\"value\":\"close failed\\nand "
		     "more of it\",\"module\":\"java.io\",\"mechanism\":{\"type\":\"suppressed\","
		     "\"handled\":false,\"exception_id\":1,\"parent_id\":0}},{\"type\":"
		     "\"IllegalStateException\",\"value\":\"cannot total the order\",\"module\":"
		     "\"java.lang\",\"thread_id\":4714,\"mechanism\":{\"type\":"
		     "\"UncaughtExceptionHandler\",\"handled\":false,\"exception_id\":0}}]}");
}

/* The signal that ended it is the raised exception's. */
static void cpp(void **state)
{
	(void)state;
	assert_chain(SAMPLE_CPP,
		     "{\"values\":[{\"type\":\"std::out_of_range\",\"value\":"
		     "\"vector::_M_range_check\",\"thread_id\":4714,\"mechanism\":{\"type\":"
		     "\"terminate\",\"handled\":false,\"exception_id\":0,\"meta\":{\"signal\":"
		     "{\"number\":6,\"code\":-6,\"name\":\"SIGABRT\",\"code_name\":\"SI_TKILL\"}"
		     "}}}]}");
}

static json_t *stack_of(const json_t *object, size_t index)
{
	return json_object_get(json_array_get(json_object_get(object, "values"), index),
			       "stacktrace");
}

/* An exception without frames has the machine's. */
static void native_frames(void **state)
{
	struct crash *crash = known_exception(SAMPLE_CPP);
	json_t *object = event_chain_encode(crash, "x86_64", all), *frame;

	(void)state;
	assert_true(event_chain_is_native(crash));
	assert_int_equal(json_array_size(json_object_get(stack_of(object, 0), "frames")), 7);
	assert_string_equal(json_string_value(json_object_get(stack_of(object, 0),
							      "instruction_addr_adjustment")),
			    "all_but_first");
	assert_non_null(json_object_get(stack_of(object, 0), "registers"));
	json_decref(object);
	/* In an event of another platform they say what they are. */
	crash->language = LANGUAGE_PYTHON;
	object = event_chain_encode(crash, "x86_64", all);
	frame = json_array_get(json_object_get(stack_of(object, 0), "frames"), 6);
	assert_string_equal(json_string_value(json_object_get(frame, "platform")), "native");
	json_decref(object);
	/* With frames of its language it has those. */
	sample_frame(&crash->exceptions[0], true, "f", "a.py", 1);
	object = event_chain_encode(crash, "x86_64", all);
	assert_false(event_chain_is_native(crash));
	assert_int_equal(json_array_size(json_object_get(stack_of(object, 0), "frames")), 1);
	json_decref(object);
	crash_free(&crash);
}

static void nothing_to_say(void **state)
{
	struct crash *crash = known_exception(SAMPLE_PHP);
	json_t *object;
	char *text;

	(void)state;
	crash->exceptions[0] = (struct exception){.parent = 0}; /* its own: nobody's */
	crash->mechanism = NULL;
	crash->tid = 0;
	object = event_chain_encode(crash, "x86_64", all);
	text = json_dumps(object, JSON_COMPACT);
	assert_string_equal(text, "{\"values\":[{\"type\":\"Error\",\"mechanism\":{\"type\":"
				  "\"generic\",\"handled\":false,\"exception_id\":0}}]}");
	free(text);
	json_decref(object);
	crash_free(&crash);
}

static void dotnet(void **state)
{
	struct crash *crash = known_exception(SAMPLE_JAVA);
	json_t *object, *raised, *aggregate;

	(void)state;
	crash->language = LANGUAGE_DOTNET;
	crash->exceptions[0].module = VIEW_LITERAL("System");
	crash->exceptions[1].relation = RELATION_MEMBER;
	object = event_chain_encode(crash, "x86_64", all);
	raised = json_array_get(json_object_get(object, "values"), 2);
	aggregate = json_array_get(json_object_get(object, "values"), 1);
	assert_string_equal(json_string_value(json_object_get(raised, "type")),
			    "System.IllegalStateException");
	assert_null(json_object_get(raised, "module"));
	assert_string_equal(json_string_value(json_object_get(
				    json_object_get(aggregate, "mechanism"), "source")),
			    "InnerExceptions[0]");
	json_decref(object);
	crash_free(&crash);
}

/* A chain at all its caps, with texts of that many bytes. */
static void make_endless(struct crash *crash, size_t bytes)
{
	struct view text = repeated_text(crash, 'x', bytes);
	struct exception_frame *frames =
		arena_allocate(&crash->arena, MAX_EXCEPTION_FRAMES * sizeof(*frames));
	struct view *lines = arena_allocate(&crash->arena, 5 * sizeof(*lines));

	assert(frames && lines);
	for (int i = 0; i < 5; i++)
		lines[i] = text;
	for (uint32_t i = 0; i < MAX_EXCEPTION_FRAMES; i++)
		frames[i] = (struct exception_frame){.function = text,
						     .file = text,
						     .line = i + 1,
						     .context_line = text,
						     .before = lines,
						     .before_count = 5,
						     .after = lines,
						     .after_count = 5};
	crash->exceptions_count = 0;
	for (uint32_t i = 0; i < MAX_EXCEPTIONS; i++) {
		struct exception *exception =
			sample_raise(crash, i ? RELATION_CAUSE : RELATION_RAISED,
				     i ? i - 1 : NO_PARENT, "E", "v");

		exception->frames = frames;
		exception->frames_count = MAX_EXCEPTION_FRAMES;
	}
}

static void assert_cut(struct crash *crash, size_t max_bytes, size_t chain, size_t frames,
		       const char *source)
{
	struct byte_buffer out;
	json_t *object, *frame;

	byte_buffer_init(&out, 64u << 20);
	event_chain_append(&out, crash, "x86_64", max_bytes);
	assert_true(out.size <= max_bytes);
	object = json_loadb(out.bytes, out.size, 0, NULL);
	assert_int_equal(json_array_size(json_object_get(object, "values")), chain);
	assert_int_equal(json_array_size(json_object_get(stack_of(object, chain - 1), "frames")),
			 frames);
	frame = json_array_get(json_object_get(stack_of(object, chain - 1), "frames"), 0);
	assert_int_equal(json_object_get(frame, "context_line") != NULL, source[0] == '1');
	assert_int_equal(json_array_size(json_object_get(frame, "pre_context")), source[1] - '0');
	json_decref(object);
	byte_buffer_done(&out);
}

static void cuts_in_order(void **state)
{
	struct crash *crash = known_exception(SAMPLE_PYTHON);

	(void)state;
	make_endless(crash, 30);
	assert_cut(crash, 16u << 20, 16, 256, "15");
	assert_cut(crash, 1600000, 16, 256, "12");
	assert_cut(crash, 900000, 16, 256, "10");
	assert_cut(crash, 700000, 16, 256, "00");
	assert_cut(crash, 300000, 16, 100, "00");
	assert_cut(crash, 140000, 16, 50, "00");
	assert_cut(crash, 60000, 16, 20, "00");
	assert_cut(crash, 30000, 8, 20, "00");
	assert_cut(crash, 15000, 4, 20, "00");
	assert_cut(crash, 4000, 1, 20, "00");
	crash_free(&crash);
}

/* Whatever the texts are, half an event is enough. */
static void the_worst(void **state)
{
	struct crash *crash = known_exception(SAMPLE_PYTHON);
	struct byte_buffer out;

	(void)state;
	make_endless(crash, 9000);
	for (uint32_t i = 0; i < MAX_EXCEPTIONS; i++)
		crash->exceptions[i].value = crash->exceptions[i].type =
			crash->exceptions[i].module =
				repeated_text(crash, '\x01', MAX_EXCEPTION_VALUE);
	byte_buffer_init(&out, 256u << 20);
	event_chain_append(&out, crash, "x86_64", 1u << 19);
	assert_in_range(out.size, 1, 1u << 19);
	byte_buffer_done(&out);
	crash_free(&crash);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(python),        cmocka_unit_test(group),
		cmocka_unit_test(node),          cmocka_unit_test(java),
		cmocka_unit_test(cpp),           cmocka_unit_test(dotnet),
		cmocka_unit_test(native_frames), cmocka_unit_test(nothing_to_say),
		cmocka_unit_test(cuts_in_order), cmocka_unit_test(the_worst),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
