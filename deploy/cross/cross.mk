# Building for another machine than this one: `make ARCH=arm64`, also `deb` and `image`. By Debian's cross compiler, against
# Debian's libraries for that machine in a folder of their own; what it makes is below .build/cross/ARCH. Documents are the
# same for every machine: this one's own build writes them.
OUT        := .build/cross/$(ARCH)
CROSS_SET  := cross
SYSROOT    := $(CURDIR)/$(OUT)/sysroot
TRIPLET    := $(if $(filter arm64,$(ARCH)),aarch64-linux-gnu,x86_64-linux-gnu)
CC         := $(TRIPLET)-gcc --sysroot=$(SYSROOT)
AR         := $(TRIPLET)-ar
PKG_CONFIG := PKG_CONFIG_LIBDIR=$(SYSROOT)/usr/lib/$(TRIPLET)/pkgconfig PKG_CONFIG_SYSROOT_DIR=$(SYSROOT) pkg-config
# Unit tests run in an emulator (tests/conformance/test_arm64.py), where sanitizers do not; as optimised as with them.
SANITIZE   := -O1 -Wno-format-truncation
TESTED_LIB := $(OUT)/libagent.a

# Looked for each time; it fetches what is not there. Newer packages: remove .build/cross/ARCH.
.PHONY: $(SYSROOT)
$(SYSROOT):
	$(Q)deploy/cross/fetch_sysroot.sh $(ARCH) $@

.build/write_manual: FORCE
	$(Q)$(MAKE) --no-print-directory ARCH=$(MACHINE_ARCH) $@
FORCE:
