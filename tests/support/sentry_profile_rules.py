"""The rules of Sentry's profile_chunk (sample format 2), written against Sentry's documents and what Relay reads
(relay-profiling), not against the exporter. Used by sentry_envelope_rules.py."""
import re
from decimal import Decimal

from sentry_rule_basics import HEX32, Violation, check_id, check_text, check_time, require

MAX_CHUNK_SECONDS = 66
HEAD_KEYS = set("chunk_id profiler_id client_sdk platform version release environment debug_meta profile".split())
# Any other type, and Relay refuses the whole chunk (relay-profiling/src/debug_image.rs).
IMAGE_TYPES = {"macho", "symbolic", "sourcemap", "proguard", "jvm"}
IMAGE_KEYS = set("type debug_id image_addr image_size code_file image_vmaddr".split())
FRAME_KEYS = set("function instruction_addr package filename abs_path lineno in_app module platform".split())
DEBUG_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(-[0-9a-f]+)?")
ADDRESS = re.compile(r"0x[0-9a-f]+")


def check_index(value, things, what):
    require(type(value) is int and 0 <= value < len(things), f"{what}: there is no {value}")


def check_frames(frames):
    for number, frame in enumerate(frames):
        what = f"frames[{number}]"
        require(not set(frame) - FRAME_KEYS, f"{what}: unknown {set(frame) - FRAME_KEYS}")
        require("instruction_addr" in frame or "function" in frame or "filename" in frame, f"{what}: says nothing")
        if "instruction_addr" in frame:
            require(ADDRESS.fullmatch(frame["instruction_addr"]), f"{what}: {frame['instruction_addr']!r}")
        if "function" in frame:
            check_text(frame["function"], f"{what}.function")
        require(type(frame.get("in_app")) is bool, f"{what}.in_app")


def check_samples(profile):
    """Threads end: the last sample of each is only there to end what was before it."""
    times, last = [], {}
    for number, sample in enumerate(profile["samples"]):
        what = f"samples[{number}]"
        require(set(sample) == {"timestamp", "stack_id", "thread_id"}, f"{what}: {set(sample)}")
        check_time(sample["timestamp"], f"{what}.timestamp")
        check_index(sample["stack_id"], profile["stacks"], f"{what}.stack_id")
        require(isinstance(sample["thread_id"], str) and sample["thread_id"].isdecimal(), f"{what}.thread_id")
        require(not times or sample["timestamp"] >= times[-1], f"{what}: earlier than the one before it")
        times.append(sample["timestamp"])
        last[sample["thread_id"]] = sample
    require(times, "samples: none")
    require(times[-1] - times[0] <= MAX_CHUNK_SECONDS, f"samples: {times[-1] - times[0]} seconds")
    for thread, sample in last.items():
        stack = profile["stacks"][sample["stack_id"]]
        require([profile["frames"][frame].get("function") for frame in stack] == ["[idle]"], f"thread {thread}: does not end")
    require(set(last) == set(profile["thread_metadata"]), "thread_metadata: of other threads")


def check_images(images):
    for number, image in enumerate(images):
        what = f"images[{number}]"
        require(not set(image) - IMAGE_KEYS, f"{what}: unknown {set(image) - IMAGE_KEYS}")
        require(image.get("type") in IMAGE_TYPES, f"{what}.type: {image.get('type')!r}")
        require(DEBUG_ID.fullmatch(image.get("debug_id", "")), f"{what}.debug_id")
        require(ADDRESS.fullmatch(image.get("image_addr", "")), f"{what}.image_addr")
        require(type(image.get("image_size")) is int, f"{what}.image_size")
        check_text(image.get("code_file"), f"{what}.code_file")


def check_profile_chunk(chunk, envelope_headers):
    require(set(chunk) <= HEAD_KEYS, f"profile_chunk: unknown {set(chunk) - HEAD_KEYS}")
    require("event_id" not in envelope_headers, "profile_chunk: with an event_id")
    for key in ("chunk_id", "profiler_id"):
        check_id(chunk.get(key), HEX32, f"profile_chunk: {key}")
    require(chunk.get("version") == "2", f"profile_chunk: version {chunk.get('version')!r}")
    for key in ("platform", "release", "environment"):
        check_text(chunk.get(key), f"profile_chunk: {key}", 250)
    for key in ("name", "version"):
        check_text(chunk.get("client_sdk", {}).get(key), f"profile_chunk: client_sdk.{key}")
    profile = chunk.get("profile")
    require(isinstance(profile, dict) and set(profile) == {"samples", "stacks", "frames", "thread_metadata"}, "profile_chunk: profile")
    require(profile["stacks"] and profile["frames"], "profile_chunk: without stacks or frames")
    for number, stack in enumerate(profile["stacks"]):
        require(stack, f"stacks[{number}]: empty")
        for frame in stack:
            check_index(frame, profile["frames"], f"stacks[{number}]")
    check_frames(profile["frames"])
    check_samples(profile)
    check_images(chunk.get("debug_meta", {}).get("images", []))


def seconds_per_leaf(chunk):
    """How long each innermost function was seen, as the server has it: until the next sample of the thread."""
    profile, open_at, spent = chunk["profile"], {}, {}
    for sample in profile["samples"]:
        thread = sample["thread_id"]
        if thread in open_at:
            begun, leaf = open_at[thread]
            spent[leaf] = spent.get(leaf, Decimal(0)) + sample["timestamp"] - begun
        frame = profile["frames"][profile["stacks"][sample["stack_id"]][0]]
        open_at[thread] = sample["timestamp"], frame["function"]
    return spent


__all__ = ["Violation", "check_profile_chunk", "seconds_per_leaf"]
