/* One row per annotation: its name, who reads it, and what would have been right. */
#include "kubernetes/pod_steering.h"

#include <stdio.h>
#include <stdlib.h>
#include "base/log.h"
#include "base/utf8.h"
#include "kubernetes/secret_requests.h"

#define MAX_RELEASE_BYTES     200
#define MAX_ENVIRONMENT_BYTES 64
#define MAX_SERVICE_BYTES     255

static bool read_trace(struct pod_steering *steering, const struct pod *pod, struct view value)
{
	(void)pod;
	steering->is_muted = view_equals(value, VIEW_LITERAL("false"));
	steering->is_wanted = view_equals(value, VIEW_LITERAL("true"));
	return steering->is_muted || steering->is_wanted;
}

/* Digits and one point, whatever the locale. */
static bool read_rate(struct pod_steering *steering, const struct pod *pod, struct view value)
{
	double number = 0, place = 0;

	(void)pod;
	if (!value.size || value.size > 20 || view_equals(value, VIEW_LITERAL(".")))
		return false;
	for (size_t i = 0; i < value.size; i++) {
		char c = value.bytes[i];

		if (c == '.' && place == 0)
			place = 1;
		else if (c < '0' || c > '9')
			return false;
		else if (place == 0)
			number = number * 10 + (c - '0');
		else
			number += (c - '0') * (place /= 10);
	}
	steering->has_rate = number <= 1;
	steering->rate = number;
	return steering->has_rate;
}

/* One line of printable text without any of `refused`. */
static bool is_name(struct view value, size_t max_bytes, const char *refused)
{
	struct view rest = value;

	while (rest.size) {
		size_t length = utf8_printable_length(rest);

		if (!length || (length == 1 && strchr(refused, rest.bytes[0])))
			return false;
		rest = view_skip(rest, length);
	}
	return value.size > 0 && value.size <= max_bytes;
}

static bool take_name(struct view *ret, struct view value, size_t max_bytes, const char *refused)
{
	if (!is_name(value, max_bytes, refused))
		return false;
	*ret = value;
	return true;
}

/* Sentry's own rules for both. */
static bool read_release(struct pod_steering *steering, const struct pod *pod, struct view value)
{
	(void)pod;
	return !view_equals(value, VIEW_LITERAL(".")) && !view_equals(value, VIEW_LITERAL("..")) &&
	       take_name(&steering->release, value, MAX_RELEASE_BYTES, "/\\");
}

static bool read_environment(struct pod_steering *steering, const struct pod *pod,
			     struct view value)
{
	(void)pod;
	return take_name(&steering->environment, value, MAX_ENVIRONMENT_BYTES, "/ ");
}

static bool read_service(struct pod_steering *steering, const struct pod *pod, struct view value)
{
	(void)pod;
	return take_name(&steering->service_name, value, MAX_SERVICE_BYTES, "");
}

static bool copy_word(struct view word, char *buffer, size_t size)
{
	if (word.size >= size || (word.size && memchr(word.bytes, '\0', word.size)))
		return false;
	memcpy(buffer, word.bytes ? word.bytes : "", word.size);
	buffer[word.size] = '\0';
	return true;
}

/* NAME/KEY: there is no way to write another namespace. */
static bool read_secret(struct pod_steering *steering, const struct pod *pod, struct view value)
{
	struct secret_name secret;
	ssize_t slash = view_find_byte(value, '/');

	if (slash < 0 ||
	    !copy_word(view_take(value, (size_t)slash), secret.name, sizeof(secret.name)) ||
	    !copy_word(view_skip(value, (size_t)slash + 1), secret.key, sizeof(secret.key)) ||
	    !copy_word(pod->namespace, secret.namespace, sizeof(secret.namespace)) ||
	    !secret_requests_is_name(&secret))
		return false;
	steering->secret = secret;
	steering->has_secret = true;
	return true;
}

static const struct row {
	const char *name;
	bool (*read)(struct pod_steering *steering, const struct pod *pod, struct view value);
	const char *wanted;
} rows[] = {
	{"limpet.io/trace", read_trace, "\"true\" or \"false\""},
	{"limpet.io/sample-rate", read_rate, "a number from 0 to 1"},
	{"limpet.io/release", read_release, "up to 200 characters without a slash"},
	{"limpet.io/environment", read_environment, "up to 64 characters, no slash, no space"},
	{"limpet.io/service-name", read_service, "up to 255 printable characters"},
	{"limpet.io/sentry-dsn-secret", read_secret,
	 "NAME/KEY of a Secret in the pod's own namespace"},
};

#define ROWS_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct row *find_row(struct view key)
{
	for (size_t i = 0; i < ROWS_COUNT; i++)
		if (view_equals(key, view_of_text(rows[i].name)))
			return &rows[i];
	return NULL;
}

static void complain(const struct pod *pod, const struct pod_field *field, const char *wanted)
{
	char namespace[80], name[160], key[120], value[120];

	log_warning("pod %s/%s: annotation %s: '%s' is ignored; wanted: %s",
		    log_escape(pod->namespace, namespace, sizeof(namespace)),
		    log_escape(pod->name, name, sizeof(name)),
		    log_escape(field->key, key, sizeof(key)),
		    log_escape(field->value, value, sizeof(value)), wanted);
}

void pod_steering_read(struct pod_steering *ret, const struct pod *pod, uint32_t *complaints)
{
	struct pod_steering steering = {0};

	for (uint32_t i = 0; i < pod->annotations_count; i++) {
		const struct pod_field *field = &pod->annotations[i];
		const struct row *row = find_row(field->key);
		uint32_t bit = 1u << (row ? row - rows : (ptrdiff_t)ROWS_COUNT);

		if (!view_starts_with(field->key, VIEW_LITERAL("limpet.io/")) ||
		    (row && row->read(&steering, pod, field->value)) || *complaints & bit)
			continue;
		*complaints |= bit;
		complain(pod, field,
			 row ? row->wanted
			     : "one of trace, sample-rate, release, "
			       "environment, service-name, "
			       "sentry-dsn-secret");
	}
	*ret = steering;
}
