#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""What is written down of limpet says what limpet says itself: manual pages by man, groff and mandoc, completions by the shells.

The list of options is that of `limpet --help`; a document that lacks one, or has one that is not there, fails.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
from tap import Skip, case, equal, finish  # noqa: E402

DOCUMENTS = os.path.join(HERE, "..", "..", ".build", "documents")
LIMPET = os.path.join(HERE, "..", "..", ".build", "limpet")
ENVIRONMENT = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "LC_ALL": "C.UTF-8", "TERM": "dumb"}


def document(name):
    return os.path.join(DOCUMENTS, name)


def run(*command, **options):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=60,
                            env={**ENVIRONMENT, **options})
    assert result.returncode == 0, f"{command}: exit code {result.returncode}: {result.stderr}"
    return result.stdout, result.stderr


def needs(program):
    if not shutil.which(program):
        raise Skip(f"{program} is not installed: make deps-test")


def helped():
    """The options, keys and environment variables of --help."""
    text, _ = run(LIMPET, "--help")
    blocks = re.findall(r"^ {2,6}(?:-\w, )?--(?:\[no-\])?([a-z0-9-]+)((?:.|\n {38})*)$", text, re.M)
    options = [name for name, _ in blocks]
    keys = [match[1] for _, said in blocks for match in [re.search(r";\s+([a-z_]+(?:\.[a-z_0-9]+)?)$", said)] if match]
    variables = [name for _, said in blocks for name in re.findall(r"\b[A-Z]{4,}_[A-Z_]+\b", said)]
    assert len(options) > 80 and len(keys) == len(options) - 1 and len(variables) >= len(options), \
        f"--help: {len(options)} options, {len(keys)} keys, {len(variables)} variables"
    return options, keys, variables


def rendered(page):
    text, complaints = run("man", "--warnings=w", "-l", document(page), MANWIDTH="400", MANPAGER="cat", MAN_KEEP_FORMATTING="")
    equal(complaints, "", "what man complains of")
    return text


def bash_completes(*words, extra=""):
    """What bash offers for these words of a command line, the last one being typed."""
    script = (f"{extra}\nsource '{document('limpet.bash')}'\nCOMP_WORDS=(\"$@\") COMP_CWORD=$(($# - 1))\n"
              "$(complete -p limpet | sed 's/.*-F \\([^ ]*\\).*/\\1/')\nprintf '%s\\n' \"${COMPREPLY[@]}\"")
    return run("bash", "--norc", "-c", script, "bash", *words)[0].split()


def fish_completes(line):
    needs("fish")
    return [offer.split("\t")[0]
            for offer in run("fish", "--no-config", "-c", f"source '{document('limpet.fish')}'; complete -C '{line}'", HOME="/tmp")[0].splitlines()]


class NamedProcess:
    """A process of our own with a name of its own, as /proc tells it."""
    name = f"limpet-{os.getpid()}x"

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="limpet-test-")
        link = os.path.join(self.folder.name, self.name)
        os.symlink(shutil.which("sleep"), link)
        self.process = subprocess.Popen([link, "600"])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()


def types_in_bash(typed, wanted):
    """A bash on a terminal, the completion in it: what stands there when `wanted` does, after these keys."""
    command = ["bash", "--norc", "--noprofile", "-i"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(shutil.which("bash"), command, {**ENVIRONMENT, "PS1": "> ", "INPUTRC": "/dev/null"})
    try:
        binds = "".join(f"bind 'set {setting}';" for setting in ("enable-bracketed-paste off", "completion-query-items 0", "page-completions off"))
        os.write(terminal, f"{binds} source '{document('limpet.bash')}'; echo rea''dy\n".encode())
        read_until(terminal, "ready\r\n")
        os.write(terminal, typed.encode())
        return read_until(terminal, wanted)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def read_until(terminal, wanted):
    said, end = "", time.monotonic() + 60
    while wanted not in said:
        assert time.monotonic() < end, f"no {wanted!r} in {said!r}"
        if select.select([terminal], [], [], 0.1)[0]:
            said += os.read(terminal, 4096).decode(errors="replace")
    return said


ZSH = """
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1= RPS1= ; unsetopt zle_bracketed_paste; fpath=('%s' \\$fpath); autoload -U compinit; compinit -u -D; echo rea''dy"
while zpty -r shell line; do [[ $line == *ready* ]] && break; done
zpty -w -n shell $'%s\\t'
sleep %s
zpty -w -n shell $'\\C-a: \\C-e\\n'
zpty -w shell "echo do''ne"
while zpty -r shell line; do print -r -- $line; [[ $line == *done* ]] && break; done
zpty -d shell
"""

OPTIONS, KEYS, VARIABLES = helped()

for page in ("limpet.1", "limpet.yaml.5"):
    with case(f"{page}: groff has nothing to complain of"):
        needs("groff")
        equal(run("groff", "-ww", "-man", "-Tutf8", document(page))[1], "", "warnings")
    with case(f"{page}: neither has mandoc"):
        needs("mandoc")
        equal(run("mandoc", "-T", "lint", "-W", "warning", document(page))[0], "", "warnings")
with case("limpet(1) has every option, key and environment variable of --help"):
    needs("man")
    text = rendered("limpet.1")
    equal(re.findall(r"^ +(?:-\w, )?--(?:\[no-\])?([a-z0-9-]+)(?:\[=| |$)", text, re.M), ["help", "version", *OPTIONS], "options")
    missing = [word for word in KEYS + VARIABLES if not re.search(rf"(?<![\w.]){re.escape(word)}(?![\w])", text)]
    equal(missing, [], "keys and variables that are not there")
with case("limpet.yaml(5) has every key"):
    needs("man")
    listed = re.findall(r"^ {7}([a-z_]+(?:\.[a-z_0-9]+)?)$", rendered("limpet.yaml.5"), re.M)
    equal(sorted(listed), sorted(KEYS), "keys")
with case("limpet.yaml has every key, and limpet takes it as it is and with every key in force"):
    section, listed, lines = "", [], []
    for line in open(document("limpet.yaml"), encoding="utf-8").read().splitlines():
        match = re.match(r"( *)#([a-z_0-9]+): ", line)
        section = line[:-1] + "." if re.match(r"[a-z_]+:$", line) else section
        if match:
            listed.append((section if match[1] else "") + match[2])
            line = line.replace("#", "", 1)
        lines.append(line)
    equal(sorted(listed), sorted(KEYS), "keys")
    printed, _ = run(LIMPET, "config", "--config", document("limpet.yaml"))
    assert "limpet.yaml:" not in printed, printed
    path = os.path.join(DOCUMENTS, "all.yaml")
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    printed, _ = run(LIMPET, "config", "--config", path)
    os.unlink(path)
    equal(len(re.findall(r"# \S+all\.yaml:\d+$", printed, re.M)), len(KEYS), "settings that come from the file")

with case("bash completes every option"):
    offered = bash_completes("limpet", "--")
    equal(sorted(word for word in offered if not word.startswith("--no-")), sorted(f"--{name}" for name in ["help", "version", *OPTIONS]), "options")
with case("bash completes commands, values, files and the command that is run"):
    equal(bash_completes("limpet", "ch"), ["check"], "a command")
    equal(bash_completes("limpet", "config", "at"), ["attach"], "a command behind config")
    equal(bash_completes("limpet", "--tls", "=", "o"), ["off"], "a value, cut as bash cuts it")
    equal(bash_completes("limpet", "--tls="), ["--tls=auto", "--tls=off"], "a value in one word")
    equal(bash_completes("limpet", "--log-level", "d"), ["debug"], "a value in a word of its own")
    equal(bash_completes("limpet", "run", "--no-cr"), ["--no-crashes"], "a switch behind the command")
    equal(bash_completes("limpet", "-c", document("limpet.y")), [document("limpet.yaml"), document("limpet.yaml.5")], "a file")
    equal(bash_completes("limpet", "--log-level", "debug", "run", "--", "/bin/fals"), ["/bin/false"], "what is run")
    assert str(os.getpid()) in bash_completes("limpet", "attach", str(os.getpid())), "no pid"
    with open("/proc/self/comm", encoding="utf-8") as file:
        own_name = file.read().strip()
    assert own_name in bash_completes("limpet", "attach", own_name[:3]), "no name of a process"
    equal(bash_completes("limpet", "--events", "spans,sys"), ["spans,syscalls"], "the last word of a list")
    equal(bash_completes("limpet", "run", "--", "cat", document("limpet.fi")), [document("limpet.fish")], "an argument of what is run")
with case("bash on a terminal: TAB completes a process by its name, and shows the names of numbers"), NamedProcess() as process, NamedProcess() as other:
    pid = str(process.process.pid)
    begin = os.path.commonprefix([pid, str(other.process.pid)])  # of two numbers at least: shown, not completed
    types_in_bash(f"limpet attach {process.name[:-1]}\t", f"limpet attach {process.name} ")
    types_in_bash(f"limpet attach {begin}\t\t", f"{pid} ({process.name})")
    types_in_bash("limpet attach \t\t", f"{pid} ({process.name})")
with case("fish completes every option, commands and values"):
    offered = {word.rstrip("=") for word in fish_completes("limpet --")}
    equal(sorted(word for word in offered if not word.startswith("--no-")), sorted(f"--{name}" for name in ["help", "version", *OPTIONS]), "options")
    equal(fish_completes("limpet ch"), ["check"], "a command")
    equal(fish_completes("limpet --tls="), ["--tls=auto", "--tls=off"], "a value")
    equal(fish_completes("limpet --log-level d"), ["debug"], "a value in a word of its own")
    equal(fish_completes("limpet --events spans,sys"), ["spans,syscalls"], "the last word of a list")
    assert str(os.getpid()) in fish_completes(f"limpet attach {os.getpid()}"), "no pid"
    equal(fish_completes("limpet run -- /bin/fals"), ["/bin/false"], "what is run")
with case("zsh parses its completion and completes commands, values and processes"), NamedProcess() as process:
    needs("zsh")
    run("zsh", "-n", document("_limpet"))
    for typed, expected in (("limpet chec", "limpet check"), ("limpet run -- printen", "limpet run -- printenv"), ("limpet --log-level=deb", "limpet --log-level=debug"),
                            ("limpet --tls=of", "limpet --tls=off"), ("limpet run --max-rout", "limpet run --max-routes="),
                            (f"limpet attach {process.name[:-1]}", f"limpet attach {process.name}"),
                            (f"limpet attach {str(process.process.pid)[:-1]}", str(process.process.pid))):
        for patience in (1, 4, 15):  # the machine may be busy
            said, _ = run("zsh", "-f", "-c", ZSH % (DOCUMENTS, typed, patience))
            if expected in said:
                break
        assert expected in said, f"{typed}: {said!r}"
finish()
