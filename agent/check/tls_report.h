/* Prints the census of TLS libraries: a table of 80 columns, and each reason explained once. */
#ifndef CHECK_TLS_REPORT_H
#define CHECK_TLS_REPORT_H

#include <stdio.h>
#include "check/tls_census.h"

/* Why it is not seen, in a sentence; NULL: it is. */
const char *tls_report_reason(enum tls_sight sight);

void tls_report_print(FILE *out, bool is_colour, const struct tls_census *census);

#endif
