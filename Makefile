# make              build .build/limpet            make V=1       show the commands
# make demo         trace a small shop of unmodified programs (installs what it needs)
# make test         everything this machine can prove; last line: N passed, N failed, N skipped
# make unit         unit, bpf_host and replay tests: no privileges, no network
# make check        format, layers, sizes, headers, paths, BPF for x86-64 and arm64
# make bench        cost per request, natively and in the instruction-counted guest
# make fuzz         a bounded run of every fuzz target (FUZZ_SECONDS=10)
# make deps         install packages from Debian   make format    clang-format in place
# make install      DESTDIR= PREFIX=/usr/local     make clean     remove .build
# make deb          a Debian package, into .build/deb          make image      an OCI image, into .build/image
# make ARCH=arm64   (also deb, image) for the other machine, into .build/cross/arm64: deploy/cross/cross.mk
MACHINE_ARCH := $(if $(filter aarch64,$(shell uname -m)),arm64,amd64)
ARCH    := $(MACHINE_ARCH)
OUT     := .build
CC      := gcc
PKG_CONFIG := pkg-config
SANITIZE   := -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1
TESTED_LIB := $(OUT)/libagent-sanitized.a
all:
ifeq ($(filter $(ARCH),amd64 arm64),)
$(error ARCH=$(ARCH): limpet is for amd64 and arm64)
endif
ifneq ($(ARCH),$(MACHINE_ARCH))
include deploy/cross/cross.mk
endif
CLANG   ?= clang
BPFTOOL ?= $(firstword $(wildcard /usr/sbin/bpftool /sbin/bpftool) bpftool)
PROTOC  ?= protoc-c
PREFIX  ?= /usr/local
BPF_ARCH := $(if $(filter arm64,$(ARCH)),arm64,x86)
PKGS    := libbpf libelf liblzma zlib libdeflate libcurl libprotobuf-c jansson yaml-0.1 libnghttp2 libmicrohttpd ncursesw
VERSION := 0.1.0
SYSCONFDIR ?= /etc
DEB_VERSION ?= $(VERSION)
UNITDIR ?= $(if $(filter /usr,$(PREFIX)),/lib/systemd/system,$(PREFIX)/lib/systemd/system)
# Documents and packages bear the time of the last commit: made twice, they are the same.
EPOCH = $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2> /dev/null),0)

Q   = $(if $(V),,@)
say = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2))

# Evaluated when used, so that `make deps` works before pkg-config is there.
PKG_CFLAGS = $(shell $(PKG_CONFIG) --cflags $(PKGS))
PKG_LIBS   = $(shell $(PKG_CONFIG) --libs $(PKGS))

CFLAGS     ?= -O2 -g
# What is installed reads hostile bytes: a wrong write ends it. No path of the machine that builds it is in it.
HARDEN     := -fstack-protector-strong -fstack-clash-protection -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$(CURDIR)=.
LDFLAGS    ?= -Wl,-z,relro,-z,now
WARN       := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Werror
INCLUDES   := -Iagent -Ibpf -I. -I$(OUT) -I$(OUT)/pb
# A char is signed on every machine, as it is on x86-64.
ALL_CFLAGS  = -std=gnu11 -fsigned-char -D_GNU_SOURCE -DLIMPET_VERSION='"$(VERSION)"' $(WARN) $(CFLAGS) $(INCLUDES) $(PKG_CFLAGS) -MMD -MP
LDLIBS      = $(PKG_LIBS) -lpthread -lm
BPF_CFLAGS := -O2 -g -ffile-prefix-map=$(CURDIR)=. -target bpf -mcpu=v2 -Wall -Wextra -Werror -Wno-unused-parameter -Ibpf -MMD -MP

PROTO_DIR := exporters/otlp/proto
PROTOS    := $(shell find $(PROTO_DIR) -name '*.proto' 2>/dev/null)
CRI_DIR   := agent/containers/proto
PROBES    := $(wildcard bpf/probes/*.bpf.c)
SRCS      := $(filter-out agent/main.c,$(shell find agent exporters -name '*.c'))
TESTS     := $(shell find tests/unit tests/bpf_host -name 'test_*.c')
FUZZERS   := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_HDRS := $(shell find agent exporters bpf tests/fuzz tests/support -name '*.h')
TARGETS   := $(OUT)/tests/e2e/targets/epoll_server
CRASH_BINS := $(OUT)/tests/e2e/crashes/crash_cases $(OUT)/tests/e2e/crashes/record_abort
OUTPUT_BINS := $(OUT)/tests/e2e/output/output_cases $(OUT)/tests/e2e/output/record_output

PB_SRCS   := $(PROTOS:$(PROTO_DIR)/%.proto=$(OUT)/pb/%.pb-c.c) $(OUT)/pb/cri.pb-c.c
PB_OBJS   := $(PB_SRCS:%.c=%.o)
OBJS      := $(SRCS:%.c=$(OUT)/obj/%.o)
SAN_OBJS  := $(SRCS:%.c=$(OUT)/sanitized/%.o)
BPF_OBJS  := $(PROBES:%.c=$(OUT)/$(BPF_ARCH)/%.o)
TEST_BINS := $(TESTS:%.c=$(OUT)/%)
FUZZ_BINS := $(FUZZERS:%.c=$(OUT)/%)
SEND_BINS := $(patsubst %.c,$(OUT)/%,$(wildcard $(addprefix tests/conformance/,send_*.c print_*.c find_*.c) tests/e2e/show_*.c))
PLAIN_OBJS := $(BPF_OBJS:%/uprobes.bpf.o=%/plain_uprobes.bpf.o)
DOCUMENTS := $(addprefix .build/documents/,limpet.1 limpet.yaml.5 limpet.yaml limpet.bash _limpet limpet.fish)
GENERATED := $(OUT)/probes.skel.h $(OUT)/probes_plain.bpf.o $(PB_SRCS)
$(GENERATED): | $(SYSROOT)

all: $(OUT)/limpet

$(OUT)/limpet: $(OUT)/obj/agent/main.o $(OUT)/libagent.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(LDFLAGS) $^ $(LDLIBS) -o $@

# The same program with the sanitizers in: what `make test` traces with.
$(OUT)/limpet-sanitized: $(OUT)/sanitized/agent/main.o $(OUT)/libagent-sanitized.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) $^ $(LDLIBS) -o $@

$(OUT)/libagent.a: $(OBJS) $(PB_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(OUT)/libagent-sanitized.a: $(SAN_OBJS) $(PB_OBJS)
	$(call say,AR,$@)
	$(Q)rm -f $@ && $(AR) qcs $@ $^

$(OUT)/obj/%.o: %.c | $(GENERATED)
	$(call say,CC,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(HARDEN) -c $< -o $@

$(OUT)/sanitized/%.o: %.c | $(GENERATED)
	$(call say,CC+,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(SANITIZE) $(EXTRA_CFLAGS) -c $< -o $@

$(OUT)/pb/%.pb-c.c: $(PROTO_DIR)/%.proto
	$(call say,PROTO,$<)
	$(Q)mkdir -p $(OUT)/pb && $(PROTOC) -I$(PROTO_DIR) --c_out=$(OUT)/pb $<

$(OUT)/pb/%.pb-c.c: $(CRI_DIR)/%.proto
	$(call say,PROTO,$<)
	$(Q)mkdir -p $(OUT)/pb && $(PROTOC) -I$(CRI_DIR) --c_out=$(OUT)/pb $<

$(OUT)/pb/%.o: $(OUT)/pb/%.c | $(PB_SRCS)
	$(call say,CC,$<)
	$(Q)$(CC) -std=gnu11 -O2 -g -I$(OUT)/pb $(PKG_CFLAGS) -c $< -o $@

# The BPF side, for this machine and (make check) for the other one too.
$(OUT)/x86/%.bpf.o: %.bpf.c
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -D__TARGET_ARCH_x86 -c $< -o $@

$(OUT)/arm64/%.bpf.o: %.bpf.c
	$(call say,BPF,$<)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -D__TARGET_ARCH_arm64 -c $< -o $@

$(OUT)/probes.skel.h: $(BPF_OBJS)
	$(call say,SKEL,$@)
	$(Q)$(BPFTOOL) gen object $(OUT)/probes.bpf.o $^
	$(Q)$(BPFTOOL) gen skeleton $(OUT)/probes.bpf.o name probes > $@

# The same for kernels that have no way to keep a program from being preempted (agent/capture/probe_object.h).
$(OUT)/$(BPF_ARCH)/bpf/probes/plain_uprobes.bpf.o: bpf/probes/uprobes.bpf.c
	$(call say,BPF,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) $(BPF_CFLAGS) -DWITHOUT_PREEMPT_GUARD -D__TARGET_ARCH_$(BPF_ARCH) -c $< -o $@

$(OUT)/probes_plain.bpf.o: $(PLAIN_OBJS)
	$(call say,GEN,$@)
	$(Q)$(BPFTOOL) gen object $@ $^

$(OUT)/obj/agent/capture/probe_object.o $(OUT)/sanitized/agent/capture/probe_object.o: $(OUT)/probes_plain.bpf.o

$(OUT)/obj/agent/report/report_page.o $(OUT)/sanitized/agent/report/report_page.o: $(wildcard agent/report/page/*)

bpf-all: $(PROBES:%.c=$(OUT)/x86/%.o) $(PROBES:%.c=$(OUT)/arm64/%.o)

# Tests compile in two steps: with -MMD in one step a header would become a prerequisite of the binary.
$(OUT)/tests/%.o: tests/%.c | $(GENERATED)
	$(call say,CC+,$<)
	$(Q)mkdir -p $(@D) && $(CC) $(ALL_CFLAGS) $(SANITIZE) -Wno-missing-prototypes -Werror=unused-function \
		-Itests/support $(if $(findstring bpf_host,$<),-Itests/bpf_host/stubs) -c $< -o $@

$(TEST_BINS): %: %.o $(TESTED_LIB)
	$(call say,TEST,$@)
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) $< $(TESTED_LIB) $(LDLIBS) -lcmocka -o $@


# What the end-to-end tests trace: plain programs that know nothing of limpet.
$(TARGETS): $(wildcard tests/e2e/targets/*.[ch])
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O2 -g -I. $(filter %.c,$^) -o $@

# How programs die (warned about: it runs out of stack on purpose), and a recorder of one of the ways.
$(OUT)/tests/e2e/crashes/crash_cases: tests/e2e/crashes/crash_cases.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -Wno-infinite-recursion -O1 -g -pthread $< -o $@

$(OUT)/tests/e2e/crashes/record_abort: %: %.o $(OUT)/libagent-sanitized.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) $< $(OUT)/libagent-sanitized.a $(LDLIBS) -o $@

# What programs write, and a recorder of it with markers of its own.
$(OUT)/tests/e2e/output/output_cases: tests/e2e/output/output_cases.c
	$(call say,CC,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) -O1 -g -pthread $< -o $@

$(OUT)/tests/e2e/output/record_output: %: %.o $(OUT)/libagent-sanitized.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) $< $(OUT)/libagent-sanitized.a $(LDLIBS) -o $@

# Not tests themselves: the scripts of tests/conformance and tests/e2e run them.
$(SEND_BINS): %: %.o $(OUT)/libagent-sanitized.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(SANITIZE) $(LDFLAGS) $< $(OUT)/libagent-sanitized.a $(LDLIBS) -o $@

# Fuzz targets carry their own instrumented copy of the sources, compiled by clang.
$(OUT)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(SRCS) $(FUZZ_HDRS) | $(GENERATED)
	$(call say,FUZZ,$@)
	$(Q)mkdir -p $(@D) && $(CLANG) -std=gnu11 -D_GNU_SOURCE -DLIMPET_VERSION='"$(VERSION)"' -O1 -g $(INCLUDES) \
		$(PKG_CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined $< \
		$(shell sed -n 's|^// fuzz-sources: ||p' tests/fuzz/fuzz_$*.c) $(LDLIBS) -o $@

# Whom the bench traces for its output.
$(OUT)/write_lines $(OUT)/churn: $(OUT)/%: tests/bench/%.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) $< -o $@

# What the bench replays.
$(OUT)/make_recording: tests/bench/make_recording.c $(OUT)/libagent.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) -Itests/support $(LDFLAGS) $< $(OUT)/libagent.a $(LDLIBS) -o $@

# What the bench exports to.
$(OUT)/otlp_sink: tests/bench/otlp_sink.c
	$(call say,LINK,$@)
	$(Q)mkdir -p $(@D) && $(CC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(CFLAGS) $< -lz -o $@

deps:
	$(Q)tests/support/install_packages.sh build $(CROSS_SET)
deps-demo:
	$(Q)tests/support/install_packages.sh build demo
deps-package:
	$(Q)tests/support/install_packages.sh build package $(CROSS_SET)
deps-test:
	$(Q)tests/support/install_packages.sh build demo test

# The targets a newcomer runs install first and build then: the build needs a make of its own, read after the packages came.
demo: deps-demo
	$(Q)$(MAKE) --no-print-directory $(OUT)/limpet
	$(Q)tests/demo/demo.sh
test: deps-test
	$(Q)$(MAKE) --no-print-directory $(OUT)/limpet test-programs
	$(Q)tests/run.sh all
unit:
	$(Q)$(MAKE) --no-print-directory $(OUT)/limpet unit-programs
	$(Q)tests/run.sh unit bpf_host replay
bench: deps-test
	$(Q)$(MAKE) --no-print-directory $(OUT)/limpet $(OUT)/otlp_sink $(OUT)/write_lines $(OUT)/churn $(OUT)/make_recording
	$(Q)tests/bench/bench.sh

unit-programs: $(TEST_BINS)
test-programs: $(TEST_BINS) $(FUZZ_BINS) $(SEND_BINS) $(TARGETS) $(CRASH_BINS) $(OUTPUT_BINS) $(OUT)/limpet-sanitized $(DOCUMENTS)

check: bpf-all
	$(Q)tests/check/check.sh

fuzz: $(FUZZ_BINS)
	$(Q)tests/run.sh fuzz

format:
	$(Q)git ls-files '*.c' '*.h' | xargs clang-format -i

# What is written down of limpet comes from its option table (agent/manual/).
$(OUT)/write_manual: deploy/manual/write_manual.c $(OUT)/libagent.a
	$(call say,LINK,$@)
	$(Q)$(CC) $(ALL_CFLAGS) $(LDFLAGS) $(filter %.c %.a,$^) $(LDLIBS) -o $@

$(DOCUMENTS): .build/write_manual
	$(call say,WRITE,$@)
	$(Q)mkdir -p $(@D) && SOURCE_DATE_EPOCH=$(EPOCH) $< $(@F) > $@

documents: $(DOCUMENTS)

install: $(OUT)/limpet $(DOCUMENTS)
	$(Q)deploy/install.sh $(OUT)/limpet "$(DESTDIR)" "$(PREFIX)" "$(SYSCONFDIR)" "$(UNITDIR)"

DEB := $(OUT)/deb/limpet_$(DEB_VERSION)_$(ARCH).deb
$(DEB): $(OUT)/limpet $(DOCUMENTS) $(wildcard deploy/debian/* deploy/systemd/*) deploy/install.sh
	$(Q)SOURCE_DATE_EPOCH=$(EPOCH) VERSION=$(DEB_VERSION) ARCH=$(ARCH) OUT=$(OUT) SYSROOT=$(SYSROOT) deploy/debian/build.sh

deb: deps-package
	$(Q)rm -f $(DEB)
	$(Q)$(MAKE) --no-print-directory -s $(DEB)

image: deps-package
	$(Q)$(MAKE) --no-print-directory -s $(DEB)
	$(Q)SOURCE_DATE_EPOCH=$(EPOCH) deploy/image/build_image.py $(DEB) $(OUT)/image $(SYSROOT)

clean:
	$(Q)rm -rf $(OUT)

.PHONY: all deps deps-demo deps-test demo test unit bench check fuzz format documents install deb image clean bpf-all deps-package unit-programs test-programs
.DELETE_ON_ERROR:
.SECONDARY:
-include $(shell find $(OUT) \( -name go-mod -o -name cross -o -name sysroot \) -prune -o -name '*.d' -type f -print 2>/dev/null)
