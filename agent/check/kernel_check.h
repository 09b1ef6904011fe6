#include <stdio.h>
#include "settings/settings.h"
int kernel_check_run(FILE *out, bool is_colour);
enum exit_code kernel_check_explain(int err, char *ret_message, size_t size);
