# SPDX-License-Identifier: Apache-2.0
"""What must be reported of each way the C crash target dies: written from the source of the target and the manual
pages of the signals, not from what limpet says."""
import dataclasses
import re

import crash_session
import gdb_judge
from tap import equal

SHOP = ["read_shelf", "count_stock", "find_article", "take_order", "serve_customer", "open_shop"]
NO_ADDRESS = "none"


@dataclasses.dataclass
class Expected:
    signal: str
    code_name: str
    cause: str  # a regular expression, searched for without regard to case
    top: list  # names that must stand on the stack in this order, innermost first
    address: object = None  # a number, NO_ADDRESS, or None for any
    status: int = 0  # as subprocess says it
    is_first_exact: bool = True  # top[0] is the innermost frame
    has_core: bool = True


NUMBERS = {"SIGQUIT": 3, "SIGILL": 4, "SIGTRAP": 5, "SIGABRT": 6, "SIGBUS": 7, "SIGFPE": 8, "SIGSEGV": 11, "SIGPIPE": 13,
           "SIGXFSZ": 25, "SIGSYS": 31}


def fault(code_name, cause, top, address=None, signal="SIGSEGV", **more):
    return Expected(signal, code_name, cause, top, address, -NUMBERS[signal], **more)


def ended(signal, cause, top, code_name="SI_TKILL", **more):
    return Expected(signal, code_name, cause, top, NO_ADDRESS, -NUMBERS[signal], is_first_exact=False, **more)


NULL = r"null pointer dereference.*0x4\b"
OVERFLOW = r"stack overflow"
FAULTS = {
    "null": fault("SEGV_MAPERR", NULL, ["read_null", *SHOP], 4),
    "read-only": fault("SEGV_ACCERR", r"write.*read-only", ["write_read_only", *SHOP]),
    "overflow": fault("SEGV_MAPERR", OVERFLOW, ["descend"] * 5),
    "wide-overflow": fault("SEGV_MAPERR", OVERFLOW, ["descend_widely"] * 5),
    "divide": fault("FPE_INTDIV", r"divi(de|sion).*zero", ["divide_by_zero", *SHOP], signal="SIGFPE"),
    "bus": fault("BUS_ADRERR", r"(past|beyond|truncated)", ["read_past_file", *SHOP], signal="SIGBUS"),
    "illegal": fault("ILL_ILLOPN", r"illegal", ["run_illegal_instruction", *SHOP], signal="SIGILL"),
    "breakpoint": fault("SI_KERNEL", r"breakpoint|trap", ["run_breakpoint", *SHOP], NO_ADDRESS, signal="SIGTRAP"),
    "null-call": fault("SEGV_MAPERR", r"(call|jump).*null", ["call_null", *SHOP], 0, is_first_exact=False),
    "data-jump": fault("SEGV_ACCERR", r"(jump|execut|not code)", ["jump_to_data", *SHOP], is_first_exact=False),
    "wild": fault("SI_KERNEL", r"non-canonical|protection", ["read_wild_address", *SHOP], NO_ADDRESS),
    "jit": fault("SEGV_MAPERR", r"null pointer dereference", ["jitted_price", "crash_jitted_code", *SHOP], 0),
    "assert": ended("SIGABRT", r"assertion .*the shelf is there", ["fail_assertion", *SHOP]),
    "abort": ended("SIGABRT", r"abort", ["abort_plainly", *SHOP]),
    "double-free": ended("SIGABRT", r"double free", ["free_twice", *SHOP]),
    "heap": ended("SIGABRT", r"corrupt|invalid|free\(\)|unaligned|chunk", ["corrupt_heap", *SHOP]),
    "in-usr1": fault("SEGV_MAPERR", NULL, ["read_null", "on_usr1", "crash_in_usr1", *SHOP], 4),
    "reset-return": fault("SEGV_MAPERR", NULL, ["read_null", "reset_and_return", *SHOP], 4),
    "reset-raise": fault("SEGV_MAPERR", NULL, ["read_null", "reset_and_raise", *SHOP], 4),
    "recover-crash": fault("SEGV_ACCERR", r"write.*read-only", ["write_read_only", "go_deeper", "recover_and_crash", *SHOP]),
    "recover-abort": ended("SIGABRT", r"abort", ["abort_plainly", "go_deeper", "recover_and_abort", *SHOP]),
    "recover-raise": fault("SEGV_ACCERR", r"write.*read-only", ["write_read_only", "go_deeper", "recover_and_raise", *SHOP]),
    "blocked": fault("SEGV_MAPERR", NULL, ["read_null", "crash_with_blocked_signal", *SHOP], 4),
    "ignored": fault("SEGV_MAPERR", NULL, ["read_null", "crash_with_ignored_signal", *SHOP], 4),
    "seccomp": fault("SYS_SECCOMP", r"system call.*seccomp", ["violate_seccomp", *SHOP], signal="SIGSYS", is_first_exact=False),
    "file-size": ended("SIGXFSZ", r"file.*size|size.*file|SIGXFSZ", ["exceed_file_size", *SHOP], None, has_core=False),
    "quit": ended("SIGQUIT", r"SIGQUIT|quit|sent by|signal", ["quit_itself", *SHOP], "SI_USER"),
    "thread": fault("SEGV_MAPERR", NULL, ["read_null", *SHOP, "work"], 4),
    "thread-overflow": fault(None, OVERFLOW, ["descend"] * 5),
    "library": fault("SEGV_MAPERR", r"null pointer dereference", ["library_read_page", "library_find_book", "library_ask",
                                                                "library_open", "enter_library", "crash_in_library"], 0),
    "deleted-library": fault("SEGV_MAPERR", r"null pointer", ["library_read_page", "library_find_book", "library_ask",
                                                             "library_open", "enter_library", "crash_in_deleted_library"], 0),
}
FAULTS["unlinked"] = dataclasses.replace(FAULTS["null"], top=["read_null", "crash_unlinked", *SHOP])
# No core file to judge by: the source says what the stack is.
FAULTS["other-stack"] = dataclasses.replace(FAULTS["overflow"], status=1, has_core=False)
# In these the program dies of a signal it sent itself: the core is of that, the event of the fault before.
LATER_CORES = ("reset-raise", "recover-raise")


def check_names(frames, wanted, is_first_exact):
    """wanted stand on the stack in this order; is_first_exact: beginning with the innermost frame."""
    names = [gdb_judge.plain_name(frame.function) for frame in frames]
    if is_first_exact:
        equal(names[0] if names else None, wanted[0], "innermost function")
    rest = iter(names)
    missing = [name for name in wanted if name not in rest]
    assert not missing, f"not on the stack, or out of order: {missing}; the stack is {names[:20]}"


def check_event(crash, expected, has_names=True):
    equal(crash.code, expected.status, "exit status of the program")
    event = crash.event()
    try:
        equal(event.type, expected.signal, "type")
        equal(event.signal.get("number"), NUMBERS[expected.signal], "signal number")
        equal(event.signal.get("name"), expected.signal, "signal name")
        if expected.code_name:
            equal(event.signal.get("code_name"), expected.code_name, "code name")
        if expected.address == NO_ADDRESS:
            equal(event.fault_address, None, "fault address")
        elif expected.address is not None:
            equal(event.fault_address, expected.address, "fault address")
        assert re.search(expected.cause, event.cause, re.IGNORECASE | re.DOTALL), \
            f"cause {event.cause!r} says nothing of {expected.cause!r}"
        if has_names:
            check_names(event.frames, expected.top, expected.is_first_exact)
        if crash.reference:
            check_registers(crash, event)
            crash_session.check_images(crash, event)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{event.describe()}") from None
    return event


def check_registers(crash, event):
    """The program counter of the registers is that of the first frame."""
    equal(event.registers.get("rip", event.registers.get("pc")), event.frames[0].pc, "program counter")
    equal(str(event.tid) in crash.reference["threads"], True, "the crashed thread is one of the core's")
    equal(event.tid, crash.reference["crashed"], "crashed thread")
    equal(sorted(thread.tid for thread in event.threads), sorted(map(int, crash.reference["threads"])), "threads")
