/* The short options are written as the rules they stand for. */
#include "discovery/discovery_text.h"

#include <errno.h>
#include "base/byte_buffer.h"
#include "base/log.h"

static void add_rule(struct byte_buffer *text, const char *begin, const char *values)
{
	if (!values)
		return;
	byte_buffer_append_text(text, begin);
	byte_buffer_append_text(text, values);
	byte_buffer_append_byte(text, ';');
}

int discovery_text_parse(struct discovery_rules **ret, const struct discovery_settings *settings)
{
	struct byte_buffer text;
	char problem[512] = "rules longer than 8192 bytes";
	int err = -EINVAL;

	byte_buffer_init(&text, MAX_DISCOVERY_TEXT_BYTES);
	add_rule(&text, "ignore executable=", settings->ignore_executables);
	add_rule(&text, "", settings->rules);
	add_rule(&text, "trace executable=", settings->only_executables);
	add_rule(&text, "trace port=", settings->only_ports);
	if (settings->only_executables || settings->only_ports)
		byte_buffer_append_text(&text, "ignore");
	if (!text.is_failed)
		err = discovery_rules_parse(ret, byte_buffer_view(&text), problem, sizeof(problem));
	if (err < 0)
		log_error("discovery: %s; see the discovery options in: limpet --help",
			  err == -ENOMEM ? "out of memory" : problem);
	byte_buffer_done(&text);
	return err;
}
