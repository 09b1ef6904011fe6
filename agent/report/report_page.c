/*
 * page.html has three places, in this order: the policy, the style, the script, and before it the
 * sections. Style and script are named by their hashes, so that nothing of the target's, should it
 * ever get out of its string, is a script.
 */
#include "report/report_page.h"

#include <string.h>
#include "base/sha256.h"
#include "report/report_text.h"

/* The Makefile knows that these are part of this file; the paths are from the root of the
 * repository. The scripts are one, in this order. */
__asm__(".pushsection .rodata\n"
	"limpet_page_html: .incbin \"agent/report/page/page.html\"\n"
	"limpet_page_style: .incbin \"agent/report/page/page.css\"\n"
	"limpet_page_script: .incbin \"agent/report/page/core.js\"\n"
	".incbin \"agent/report/page/operations.js\"\n"
	".incbin \"agent/report/page/traces.js\"\n"
	".incbin \"agent/report/page/services.js\"\n"
	".incbin \"agent/report/page/flame_graph.js\"\n"
	".incbin \"agent/report/page/profile.js\"\n"
	".incbin \"agent/report/page/crashes.js\"\n"
	".incbin \"agent/report/page/syscalls.js\"\n"
	".incbin \"agent/report/page/drops.js\"\n"
	".incbin \"agent/report/page/comparison.js\"\n"
	".incbin \"agent/report/page/start.js\"\n"
	"limpet_page_end: .byte 0\n"
	".popsection\n");

extern const char page_html[] __asm__("limpet_page_html");
extern const char page_style[] __asm__("limpet_page_style");
extern const char page_script[] __asm__("limpet_page_script");
extern const char page_end[] __asm__("limpet_page_end");

#define PLACE_OF_POLICY   VIEW_LITERAL("@policy@")
#define PLACE_OF_STYLE    VIEW_LITERAL("@style@")
#define PLACE_OF_SECTIONS VIEW_LITERAL("@sections@")
#define PLACE_OF_SCRIPT   VIEW_LITERAL("@script@")

static struct view part(const char *begin, const char *end)
{
	return view_of(begin, (size_t)(end - begin));
}

static void append_base64(struct byte_buffer *buffer, const uint8_t *bytes, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < size; i += 3) {
		uint32_t group = (uint32_t)bytes[i] << 16;

		group |= i + 1 < size ? (uint32_t)bytes[i + 1] << 8 : 0;
		group |= i + 2 < size ? bytes[i + 2] : 0;
		byte_buffer_append_byte(buffer, digits[group >> 18]);
		byte_buffer_append_byte(buffer, digits[group >> 12 & 63]);
		byte_buffer_append_byte(buffer, i + 1 < size ? digits[group >> 6 & 63] : '=');
		byte_buffer_append_byte(buffer, i + 2 < size ? digits[group & 63] : '=');
	}
}

static void append_hash(struct byte_buffer *buffer, struct view text)
{
	uint8_t digest[SHA256_BYTES];
	struct sha256 sha256;

	sha256_init(&sha256);
	sha256_add(&sha256, text);
	sha256_finish(&sha256, digest);
	byte_buffer_append_text(buffer, "'sha256-");
	append_base64(buffer, digest, sizeof(digest));
	byte_buffer_append_text(buffer, "'");
}

static void append_policy(struct byte_buffer *page, struct view style, struct view script)
{
	byte_buffer_append_text(page, "default-src 'none'; style-src ");
	append_hash(page, style);
	byte_buffer_append_text(page, "; script-src ");
	append_hash(page, script);
	byte_buffer_append_text(page, "; base-uri 'none'; form-action 'none'");
}

static void append_sections(struct byte_buffer *page, const struct report_section *sections,
			    size_t count)
{
	struct json_writer writer = report_text_begin(page);

	json_writer_begin(&writer, '{');
	for (size_t i = 0; i < count; i++) {
		json_writer_key(&writer, sections[i].key);
		sections[i].append(&writer, sections[i].content);
	}
	json_writer_end(&writer, '}');
}

/* What comes before a place; *rest goes on after it. */
static void append_until(struct byte_buffer *page, struct view *rest, struct view place)
{
	ssize_t at = view_find(*rest, place);
	size_t size = at < 0 ? rest->size : (size_t)at;

	byte_buffer_append(page, view_take(*rest, size));
	*rest = view_skip(*rest, at < 0 ? size : size + place.size);
}

void report_page_append(struct byte_buffer *page, const struct report_section *sections,
			size_t count)
{
	struct view rest = part(page_html, page_style), style = part(page_style, page_script);
	struct view script = part(page_script, page_end);

	append_until(page, &rest, PLACE_OF_POLICY);
	append_policy(page, style, script);
	append_until(page, &rest, PLACE_OF_STYLE);
	byte_buffer_append(page, style);
	append_until(page, &rest, PLACE_OF_SECTIONS);
	append_sections(page, sections, count);
	append_until(page, &rest, PLACE_OF_SCRIPT);
	byte_buffer_append(page, script);
	byte_buffer_append(page, rest);
}
