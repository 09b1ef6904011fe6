/* Rate limits: `retry_after:categories:scope:reason:namespaces`, comma-separated. */
#include "exporters/sentry/rate_limits.h"

#include "base/clock.h"

#define MAX_HEADER_BYTES 1024

static uint64_t cap_delay(uint64_t delay_ns)
{
	return delay_ns < MAX_RATE_LIMIT_S * NS_PER_S ? delay_ns : MAX_RATE_LIMIT_S * NS_PER_S;
}

/* Digits, or digits "." digits; by hand, because strtod follows the locale. */
static uint64_t parse_delay(struct view text)
{
	ssize_t dot = view_find_byte(text, '.');
	struct view whole = dot >= 0 ? view_take(text, (size_t)dot) : text;
	struct view fraction = dot >= 0 ? view_skip(text, (size_t)dot + 1) : (struct view){0};
	uint64_t seconds = 0, fraction_ns = 0, digit_ns = NS_PER_S / 10;

	if (view_is_empty(whole) && view_is_empty(fraction))
		return DEFAULT_RATE_LIMIT_S * NS_PER_S;
	for (size_t i = 0; i < whole.size; i++) {
		if (whole.bytes[i] < '0' || whole.bytes[i] > '9')
			return DEFAULT_RATE_LIMIT_S * NS_PER_S;
		if (seconds <= MAX_RATE_LIMIT_S)
			seconds = seconds * 10 + (uint64_t)(whole.bytes[i] - '0');
	}
	for (size_t i = 0; i < fraction.size; i++, digit_ns /= 10) {
		if (fraction.bytes[i] < '0' || fraction.bytes[i] > '9')
			return DEFAULT_RATE_LIMIT_S * NS_PER_S;
		fraction_ns += (uint64_t)(fraction.bytes[i] - '0') * digit_ns;
	}
	return cap_delay(seconds * NS_PER_S + fraction_ns);
}

static void extend(uint64_t *until_ns, uint64_t candidate_ns)
{
	if (*until_ns < candidate_ns)
		*until_ns = candidate_ns;
}

/* Namespaces say which metrics a metric_bucket limit is about; ours would be "custom". */
static bool concerns_us(enum category category, struct view namespaces)
{
	struct view name;

	if (category != CATEGORY_METRIC_BUCKET || view_is_empty(namespaces))
		return true;
	while (view_next_token(&namespaces, ';', &name))
		if (view_equals(name, VIEW_LITERAL("custom")))
			return true;
	return false;
}

static void apply_one(struct rate_limits *limits, struct view limit, uint64_t now_ns)
{
	struct view fields[5] = {{0}}, name;
	enum category category;
	uint64_t until_ns;

	for (size_t i = 0; i < 5 && view_next_token(&limit, ':', &fields[i]); i++)
		;
	if (!fields[1].bytes) /* no colon at all: not a limit */
		return;
	until_ns = now_ns + parse_delay(fields[0]);
	if (view_is_empty(fields[1]))
		extend(&limits->until_all_ns, until_ns);
	else
		while (view_next_token(&fields[1], ';', &name))
			if (category_find(name, &category) && concerns_us(category, fields[4]))
				extend(&limits->until_ns[category], until_ns);
}

static void apply_header(struct rate_limits *limits, const char *header, uint64_t now_ns)
{
	char text[MAX_HEADER_BYTES];
	struct view rest = {.bytes = text}, limit;

	/* Spaces mean nothing anywhere in it. */
	for (; *header && rest.size < sizeof(text); header++)
		if (*header != ' ' && *header != '\t')
			text[rest.size++] = *header;
	while (view_next_token(&rest, ',', &limit))
		apply_one(limits, limit, now_ns);
}

void rate_limits_apply(struct rate_limits *limits, int status, const char *header,
		       uint64_t retry_after_ns, uint64_t now_ns)
{
	if (header && *header)
		apply_header(limits, header, now_ns);
	else if (status == 429)
		extend(&limits->until_all_ns,
		       now_ns + (retry_after_ns ? cap_delay(retry_after_ns)
						: DEFAULT_RATE_LIMIT_S * NS_PER_S));
}

bool rate_limits_is_blocked(const struct rate_limits *limits, enum category category,
			    uint64_t now_ns)
{
	if (now_ns < limits->until_all_ns)
		return true;
	return category != CATEGORY_INTERNAL && now_ns < limits->until_ns[category];
}
