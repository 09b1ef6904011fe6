/*
 * What is probed where: one row per function of a runtime. Every function here runs when something
 * has gone wrong or a thread ends, but for the hot ones, which every throw takes.
 */
#include "capture/runtime_probes.h"

#include <fnmatch.h>
#include <stddef.h>
#include <string.h>
#include "process/go_types.h"
#include "process/python_version.h"

#define FILES(...)   ((const char *const[]){__VA_ARGS__, NULL})
#define SYMBOLS(...) ((const char *const[]){__VA_ARGS__, NULL})

#define NODE_FILES   FILES("node", "nodejs", "node[0-9]*", "libnode.so*")
#define JVM_FILES    FILES("libjvm.so")
#define PYTHON_FILES FILES("python[23]*", "python", "libpython[23].*so*")
#define GO_FILES     FILES(RUNTIME_PROBE_GO)
#define CPP_FILES    FILES("libstdc++.so.6*", RUNTIME_PROBE_EXE)

/* VMError::report_and_die has overloads that call one another; the last of these is called by all.
 */
#define JAVA_REPORT_AND_DIE                                                                        \
	"_ZN7VMError14report_and_dieEiPKcS1_P13__va_list_tagP6ThreadPhPvS7_S1_im",                 \
		"_ZN7VMError14report_and_dieEiPKcS1_P13__va_list_tagP6ThreadPhPKvS8_S1_im",        \
		"_ZN7VMError14report_and_dieEiPKcS1_P13__va_list_tagP6ThreadPhPvS7_S1_iim"

const struct runtime_probe_row runtime_probe_table[] = {
	{
		.name = "node-uncaught",
		.files = NODE_FILES,
		.symbols = SYMBOLS("_ZN4node6errors24TriggerUncaughtExceptionEPN2v87IsolateENS1_"
				   "5LocalINS1_5ValueEEENS4_INS1_7MessageEEEb"),
		.program = "on_node_uncaught",
	},
	{
		.name = "java-thread-exit",
		.files = JVM_FILES,
		.symbols = SYMBOLS("_ZN10JavaThread4exitEbNS_8ExitTypeE"),
		.program = "on_java_thread_exit",
	},
	{
		.name = "java-vm-error",
		.files = JVM_FILES,
		.symbols = SYMBOLS(JAVA_REPORT_AND_DIE),
		.program = "on_java_vm_error",
		.is_optional = true,
	},
	{
		.name = "python-finishing",
		.files = PYTHON_FILES,
		.symbols = SYMBOLS("PyErr_PrintEx"),
		.program = "on_python_finishing",
	},
	{
		.name = "python-display",
		.files = PYTHON_FILES,
		.symbols = SYMBOLS("PyErr_Display"),
		.program = "on_python_display",
		.fact = FACT_PYTHON_MINOR,
		.find_fact = python_version_find,
	},
	{
		/* Of a stripped 3.13 it is not to be found: threads are told by output alone. */
		.name = "python-display-file",
		.files = PYTHON_FILES,
		.symbols = SYMBOLS("_PyErr_Display"),
		.program = "on_python_display_file",
		.is_optional = true,
		.fact = FACT_PYTHON_MINOR,
		.find_fact = python_version_find,
	},
	{
		.name = "go-fatalpanic",
		.files = GO_FILES,
		.symbols = SYMBOLS("runtime.fatalpanic"),
		.program = "on_go_fatalpanic",
	},
	{
		.name = "go-throw",
		.files = GO_FILES,
		.symbols = SYMBOLS("runtime.throw"),
		.program = "on_go_throw",
	},
	{
		.name = "go-fatal",
		.files = GO_FILES,
		.symbols = SYMBOLS("runtime.fatal"),
		.program = "on_go_throw",
		.is_optional = true,
	},
	{
		.name = "go-panic",
		.files = GO_FILES,
		.symbols = SYMBOLS("runtime.gopanic"),
		.program = "on_go_panic",
		.is_hot = true,
		.fact = FACT_GO_TYPES,
		.find_fact = go_types_find,
	},
	{
		/* The throw site is lost where the stack is unwound before the end (noexcept,
		 * rethrow): nothing but every throw tells it. A throw costs microseconds by
		 * itself. Executables have the function when libstdc++ is linked in. */
		.name = "cpp-throw",
		.files = CPP_FILES,
		.symbols = SYMBOLS("__cxa_throw"),
		.program = "on_cpp_throw",
		.is_frequent = true,
		.is_optional = true,
	},
	{0},
};

const struct runtime_probe_library runtime_probe_runtimes[] = {
	{"runtimes", runtime_probe_table},
	{0},
};

const struct runtime_probe_row *runtime_probe_table_row(
	const struct runtime_probe_library *libraries, uint32_t place)
{
	for (; libraries->name; libraries++)
		for (const struct runtime_probe_row *row = libraries->rows; row->name; row++)
			if (place-- == 0)
				return row;
	return NULL;
}

bool runtime_probe_table_wants(const struct runtime_probe_row *row, enum probe_setting wanted,
			       bool is_whole_host)
{
	if (wanted == PROBES_OFF)
		return false;
	return wanted == PROBES_ALL || !(row->is_hot || (row->is_frequent && is_whole_host));
}

bool runtime_probe_table_is_of(const struct runtime_probe_row *row, const char *name, bool is_go)
{
	for (const char *const *pattern = row->files; *pattern; pattern++) {
		if (strcmp(*pattern, RUNTIME_PROBE_GO) == 0    ? is_go
		    : strcmp(*pattern, RUNTIME_PROBE_EXE) == 0 ? !strstr(name, ".so")
							       : fnmatch(*pattern, name, 0) == 0)
			return true;
	}
	return false;
}
