/*
 * C++ programs that end by an exception, or do not, each in a way of its own. The functions are in
 * a namespace so that their names have something to be demangled.
 * usage: throw_ways WAY FILE; starts when there is such a file
 */
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <future>
#include <new>
#include <signal.h>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <unistd.h>

#define FRAME __attribute__((noinline, noclone, noipa))

namespace shop
{

volatile int depth;

class Error : public std::runtime_error
{
public:
	using std::runtime_error::runtime_error;
};

/* No text in the object: what() alone knows it. */
class Custom : public std::exception
{
public:
	const char *what() const noexcept override
	{
		return "custom text";
	}
};

struct Plain {
	int code;
};

template <typename Item> struct Missing : std::out_of_range {
	using std::out_of_range::out_of_range;
};

FRAME void throw_error()
{
	depth++;
	throw Error("no such order");
}

FRAME void throw_range()
{
	depth++;
	throw std::out_of_range("shelf 7");
}

FRAME void throw_custom()
{
	depth++;
	throw Custom();
}

FRAME void throw_plain()
{
	depth++;
	throw Plain{3};
}

FRAME void throw_int()
{
	depth++;
	throw 42;
}

FRAME void throw_template()
{
	depth++;
	throw Missing<Plain>("no item");
}

FRAME void throw_system()
{
	depth++;
	throw std::system_error(2, std::generic_category(), "open");
}

FRAME void serve(void (*step)())
{
	step();
	depth++;
}

FRAME void serve_noexcept(void (*step)()) noexcept
{
	serve(step);
	depth++;
}

/* It has something to do on the way out: the stack below it is gone by then. */
FRAME void serve_tidily(void (*step)())
{
	struct Tidy {
		~Tidy()
		{
			depth++;
		}
	} tidy;

	step();
	depth++;
}

FRAME void serve_tidily_noexcept(void (*step)()) noexcept
{
	serve_tidily(step);
	depth++;
}

FRAME std::exception_ptr keep(void (*step)())
{
	try {
		serve(step);
	} catch (...) {
		return std::current_exception();
	}
	return nullptr;
}

FRAME void throw_again(std::exception_ptr kept)
{
	depth++;
	std::rethrow_exception(kept);
}

FRAME void pass_on()
{
	try {
		serve(throw_error);
	} catch (const std::exception &) {
		depth++;
		throw;
	}
}

FRAME void throw_nested()
{
	try {
		serve(throw_range);
	} catch (...) {
		std::throw_with_nested(Error("cannot ship"));
	}
}

FRAME void catch_one(void (*step)())
{
	try {
		serve(step);
	} catch (...) {
		depth++;
	}
}

[[noreturn]] static void end_silently()
{
	abort();
}

[[noreturn]] static void end_by_trap()
{
	__builtin_trap();
}

FRAME void leave_thread()
{
	catch_one(throw_error);
	std::thread left([] { pause(); });
}

static int *volatile nothing;

FRAME void touch_nothing()
{
	catch_one(throw_error);
	*nothing = 1;
}

FRAME void give_up()
{
	depth++;
	abort();
}

} // namespace shop

using namespace shop;

static const struct {
	const char *name;
	void (*run)();
} ways[] = {
	{"main", [] { serve(throw_error); }},
	{"range", [] { serve(throw_range); }},
	{"system", [] { serve(throw_system); }},
	{"template", [] { serve(throw_template); }},
	{"custom", [] { serve(throw_custom); }},
	{"plain", [] { serve(throw_plain); }},
	{"int", [] { serve(throw_int); }},
	{"noexcept", [] { serve_noexcept(throw_error); }},
	{"tidy", [] { serve_tidily_noexcept(throw_error); }},
	{"silent-tidy", [] { std::set_terminate(end_silently), serve_tidily_noexcept(throw_error); }},
	{"thread", [] { std::thread(serve, throw_error).join(); }},
	{"thread-noexcept", [] { std::thread(serve_noexcept, throw_range).join(); }},
	{"rethrow", [] { throw_again(keep(throw_error)); }},
	{"pass-on", [] { serve(pass_on); }},
	{"future", [] { std::async(std::launch::async, serve, throw_error).get(); }},
	{"nested", [] { serve(throw_nested); }},
	{"silent", [] { std::set_terminate(end_silently), serve_noexcept(throw_error); }},
	{"silent-main", [] { std::set_terminate(end_silently), serve(throw_range); }},
	{"silent-custom", [] { std::set_terminate(end_silently), serve_noexcept(throw_custom); }},
	{"trap", [] { std::set_terminate(end_by_trap), serve_noexcept(throw_template); }},
	{"closed", [] { close(2), serve_noexcept(throw_error); }},
	{"closed-int", [] { close(2), serve(throw_int); }},
	{"caught-abort-later",
	 [] {
		 for (int i = 0; i < 1000; i++)
			 catch_one(throw_error);
		 sleep(3);
		 give_up();
	 }},
	{"caught-abort", [] { catch_one(throw_error), give_up(); }},
	{"caught-fault", touch_nothing},
	{"caught-thread-left", [] { close(2), leave_thread(); }},
	{"caught-other",
	 [] {
		 std::exception_ptr kept = keep(throw_error);

		 catch_one(throw_range);
		 throw_again(kept);
	 }},
	{"caught",
	 [] {
		 for (int i = 0; i < 1000; i++)
			 catch_one(throw_error);
	 }},
};

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	while (access(argv[2], F_OK) != 0)
		usleep(1000);
	for (const auto &way : ways) {
		if (std::string(argv[1]) == way.name) {
			way.run();
			return 0;
		}
	}
	return 2;
}
