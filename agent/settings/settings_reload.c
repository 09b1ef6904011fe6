/* Option by option of the table: `is_live` says which fields are read where they stand. */
#include "settings/settings_reload.h"

#include <errno.h>
#include "base/cleanup.h"
#include "base/log.h"
#include "settings/option_table.h"
#include "settings/option_value.h"
#include "settings/settings_origins.h"

static const char *shown_value(const struct option *option, const struct settings *settings,
			       char *buffer, size_t size)
{
	char value[192];

	if (!option_value_format(option, settings, value, sizeof(value)))
		return "not set";
	return log_escape(view_of_text(value), buffer, size);
}

static void take_over(struct settings *settings, struct settings *fresh,
		      const struct option *option)
{
	char before[256], now[256];
	struct origin origin = *settings_origins_of(settings, option);

	log_info("%s is %s now (it was %s)", option->name,
		 shown_value(option, fresh, now, sizeof(now)),
		 shown_value(option, settings, before, sizeof(before)));
	option_value_swap(option, settings, fresh);
	*settings_origins_of(settings, option) = *settings_origins_of(fresh, option);
	*settings_origins_of(fresh, option) = origin;
}

int settings_reload(struct settings *settings, settings_judge_fn judge, struct settings_change *ret)
{
	_cleanup_(settings_done) struct settings fresh = {0};
	struct settings_change change = {0};

	if (settings_load(&fresh, settings->argc, settings->argv, settings->environment) < 0)
		return -EINVAL;
	if (judge && !judge(&fresh))
		return -EINVAL;
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];

		if (option_value_equals(option, settings, &fresh))
			continue;
		if (option->is_live) {
			take_over(settings, &fresh, option);
			change.live_count++;
		} else {
			log_warning("%s has changed: it takes effect at the next start "
				    "(systemctl restart limpet)",
				    option->name);
			change.restart_count++;
		}
	}
	*ret = change;
	return 0;
}
