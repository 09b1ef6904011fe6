// SPDX-License-Identifier: Apache-2.0

// Reads an OTLP profiles request with OpenTelemetry's own generated code, checks its indices as the specification has them,
// and says as JSON what is in it. usage: otlp_profiles_judge FILE
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"

	profiles "go.opentelemetry.io/proto/otlp/profiles/v1development"
	"google.golang.org/protobuf/proto"
)

type sum struct {
	Samples int   `json:"samples"`
	Value   int64 `json:"value"`
}

type said struct {
	Service  string                    `json:"service"`
	Leaves   map[string]map[string]sum `json:"leaves"` // by type of sample, by innermost function
	Roots    []string                  `json:"roots"`
	Traces   []string                  `json:"traces"`
	Threads  map[string]int64          `json:"threads"`
	Unknown  int                       `json:"unknown"` // bytes that are of no field
	BuildIDs []string                  `json:"build_ids"`
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}

func checkZero(name string, table int, isZero bool) {
	if table == 0 || !isZero {
		fail("%s: index 0 is not the zero value", name)
	}
}

func check(d *profiles.ProfilesDictionary) {
	checkZero("string_table", len(d.StringTable), d.StringTable[0] == "")
	checkZero("mapping_table", len(d.MappingTable), proto.Equal(d.MappingTable[0], &profiles.Mapping{}))
	checkZero("location_table", len(d.LocationTable), proto.Equal(d.LocationTable[0], &profiles.Location{}))
	checkZero("function_table", len(d.FunctionTable), proto.Equal(d.FunctionTable[0], &profiles.Function{}))
	checkZero("link_table", len(d.LinkTable), proto.Equal(d.LinkTable[0], &profiles.Link{}))
	checkZero("attribute_table", len(d.AttributeTable), proto.Equal(d.AttributeTable[0], &profiles.KeyValueAndUnit{}))
	checkZero("stack_table", len(d.StackTable), proto.Equal(d.StackTable[0], &profiles.Stack{}))
	for _, location := range d.LocationTable {
		_ = d.MappingTable[location.MappingIndex]
		for _, line := range location.Lines {
			_ = d.StringTable[d.FunctionTable[line.FunctionIndex].FilenameStrindex]
		}
	}
}

func nameOf(d *profiles.ProfilesDictionary, location int32) string {
	return d.StringTable[d.FunctionTable[d.LocationTable[location].Lines[0].FunctionIndex].NameStrindex]
}

func take(d *profiles.ProfilesDictionary, profile *profiles.Profile, out *said) {
	kind := d.StringTable[profile.SampleType.TypeStrindex]
	out.Leaves[kind] = map[string]sum{}
	if len(profile.ProfileId) != 16 || profile.TimeUnixNano == 0 {
		fail("a profile without id or time")
	}
	for _, sample := range profile.Samples {
		stack := d.StackTable[sample.StackIndex].LocationIndices
		leaf := nameOf(d, stack[0])
		total := out.Leaves[kind][leaf]
		if len(sample.Values) != 0 && len(sample.Values) != len(sample.TimestampsUnixNano) {
			fail("%d values at %d times", len(sample.Values), len(sample.TimestampsUnixNano))
		}
		total.Samples += len(sample.TimestampsUnixNano)
		for _, value := range sample.Values {
			total.Value += value
		}
		out.Leaves[kind][leaf] = total
		out.Roots = append(out.Roots, nameOf(d, stack[len(stack)-1]))
		if sample.LinkIndex != 0 {
			out.Traces = append(out.Traces, hex.EncodeToString(d.LinkTable[sample.LinkIndex].TraceId))
		}
		name, id := d.AttributeTable[sample.AttributeIndices[0]], d.AttributeTable[sample.AttributeIndices[1]]
		if d.StringTable[name.KeyStrindex] != "thread.name" || d.StringTable[id.KeyStrindex] != "thread.id" {
			fail("other attributes than the thread's")
		}
		out.Threads[name.Value.GetStringValue()] = id.Value.GetIntValue()
	}
}

func main() {
	bytes, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail("%v", err)
	}
	var data profiles.ProfilesData
	if err := proto.Unmarshal(bytes, &data); err != nil {
		fail("%v", err)
	}
	out := said{Leaves: map[string]map[string]sum{}, Threads: map[string]int64{}, Unknown: len(data.ProtoReflect().GetUnknown())}
	check(data.Dictionary)
	for _, resource := range data.ResourceProfiles {
		for _, attribute := range resource.Resource.Attributes {
			if attribute.Key == "service.name" {
				out.Service = attribute.Value.GetStringValue()
			}
		}
		for _, scope := range resource.ScopeProfiles {
			for _, profile := range scope.Profiles {
				take(data.Dictionary, profile, &out)
			}
		}
	}
	for _, mapping := range data.Dictionary.MappingTable[1:] {
		for _, index := range mapping.AttributeIndices {
			out.BuildIDs = append(out.BuildIDs, data.Dictionary.AttributeTable[index].Value.GetStringValue())
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		fail("%v", err)
	}
}
