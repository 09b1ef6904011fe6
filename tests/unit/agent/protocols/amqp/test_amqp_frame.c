/* Frames and the proofs of AMQP: what claims a stream, and where a frame begins after a loss. */
#include "cmocka_test.h"

#include "amqp_bytes.h"
#include "protocols/amqp/amqp_frame.h"
#include "protocols/amqp/amqp_method.h"

static void assert_detects(struct view bytes, enum detect_result wanted)
{
	for (size_t cut = 0; cut <= bytes.size; cut++) {
		struct view copy = exact_copy(view_take(bytes, cut));
		enum detect_result got = amqp_frame_detect(copy);

		free_copy(copy);
		if (cut == bytes.size)
			assert_int_equal(got, wanted);
		else
			assert_true(got == DETECT_NEED_MORE || got == wanted);
	}
}

static void detects_both_sides(void **state)
{
	struct amqp_bytes b = {.used = 0};

	(void)state;
	assert_detects(VIEW_LITERAL("AMQP\0\0\x09\x01"), DETECT_REQUEST);
	amqp_method(&b, 0, AMQP_CONNECTION_START, "11", NULL, NUMBERS(0, 9));
	assert_detects(amqp_view(&b), DETECT_RESPONSE);
	b.used = 0;
	amqp_publish(&b, 3, "logs", "k", "body");
	assert_detects(amqp_view(&b), DETECT_REQUEST);
	b.used = 0;
	amqp_deliver(&b, 3, "c", 1, "k", "body");
	assert_detects(amqp_view(&b), DETECT_RESPONSE);
	/* Both sides may send these: what follows decides. */
	b.used = 0;
	amqp_frame(&b, 8, 0, view_of("", 0));
	amqp_settle(&b, 1, 80, 1, 0);
	amqp_header(&b, 1, 4, NULL, NULL);
	amqp_body(&b, 1, "tail");
	assert_detects(amqp_view(&b), DETECT_NEED_MORE);
	amqp_settle(&b, 1, 90, 1, 0);
	assert_detects(amqp_view(&b), DETECT_REQUEST);
}

static void claims_nothing_else(void **state)
{
	static const struct view others[] = {
		VIEW_LITERAL("AMQP\0\1\0\0"), /* AMQP 1.0 */
		VIEW_LITERAL("AMQP\3\1\0\0"),
		VIEW_LITERAL("GET / HTTP/1.1\r\n\r\n"),
		VIEW_LITERAL("SSH-2.0-OpenSSH_9.2\r\n"),
		VIEW_LITERAL("220 mail ESMTP\r\n"),
		VIEW_LITERAL("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
		VIEW_LITERAL("\x89PNG\r\n\x1a\n\0\0\0\rIHDR"),
		VIEW_LITERAL("\x01\x01\x00\x01\x00\x08\x00\x00\x00\x01\x01\x00\0\0\0\0"),
		/* A method that does not exist, one on the wrong channel, a wrong end. */
		VIEW_LITERAL("\x01\x00\x01\x00\x00\x00\x04\x00\x3c\x00\x29\xce"),
		VIEW_LITERAL("\x01\x00\x00\x00\x00\x00\x04\x00\x5a\x00\x0a\xce"),
		VIEW_LITERAL("\x01\x00\x01\x00\x00\x00\x04\x00\x5a\x00\x0a\xcd"),
		VIEW_LITERAL("\x08\x00\x00\x00\x00\x00\x01\x00\xce"),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(amqp_frame_detect(others[i]), DETECT_NO);
}

static void skips_bodies_and_cuts_methods(void **state)
{
	struct amqp_frame frame;

	(void)state;
	assert_int_equal(amqp_frame_read(VIEW_LITERAL("\x03\0\x01\0\x01\0\0"), false, &frame),
			 PARSE_DONE);
	assert_int_equal(frame.consumed, 7);
	assert_true(frame.skip == 65537 && frame.is_cut);
	assert_int_equal(amqp_frame_read(VIEW_LITERAL("\x01\0\x01\0\0\0\x0a"
						      "abcd"),
					 false, &frame),
			 PARSE_NEED_MORE);
	assert_int_equal(amqp_frame_read(VIEW_LITERAL("\x01\0\x01\0\0\0\x0a"
						      "abcd"),
					 true, &frame),
			 PARSE_DONE);
	assert_int_equal(frame.consumed, 11);
	assert_true(frame.skip == 7);
	assert_view(frame.payload, "abcd");
	assert_int_equal(amqp_frame_read(VIEW_LITERAL("\x01\0\x01"), true, &frame), PARSE_INVALID);
	assert_int_equal(amqp_frame_read(VIEW_LITERAL("\x05"), false, &frame), PARSE_INVALID);
	assert_int_equal(amqp_frame_read(VIEW_LITERAL("\x03\0\0\0\0\0\x01"), false, &frame),
			 PARSE_INVALID);
}

static void finds_its_place(void **state)
{
	struct amqp_bytes b = {.used = 0};
	size_t offset = 99;

	(void)state;
	amqp_raw(&b, VIEW_LITERAL("the rest of a body\xce"));
	amqp_publish(&b, 1, "logs", "k", "body");
	assert_true(amqp_frame_resume(MESSAGE_REQUEST, amqp_view(&b), &offset));
	assert_int_equal(offset, 19);
	/* Where the method is the client's, the server's side begins with the content header. */
	assert_false(amqp_frame_resume(MESSAGE_REQUEST, view_take(amqp_view(&b), 25), &offset));
	assert_false(amqp_frame_resume(MESSAGE_RESPONSE, VIEW_LITERAL("no frame at all"), &offset));
	assert_false(amqp_frame_resume(MESSAGE_RESPONSE, view_of("", 0), &offset));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(detects_both_sides),
		cmocka_unit_test(claims_nothing_else),
		cmocka_unit_test(skips_bodies_and_cuts_methods),
		cmocka_unit_test(finds_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
