// Checks dashboards against the types that Grafana Labs generates from Grafana's own schemas (Apache-2.0):
// check-dashboards FILE...; prints a line for each fault, and ends with status 1 when there is one.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

// The package decodes parts of a panel loosely. What it does not know is gone when it is encoded again.
func lost(before, after any, at string) []string {
	switch value := before.(type) {
	case map[string]any:
		kept, ok := after.(map[string]any)
		if !ok && len(value) > 0 {
			return []string{at + ": lost"}
		}
		var found []string
		for name, part := range value {
			if _, there := kept[name]; !there && !empty(part) {
				found = append(found, fmt.Sprintf("%s.%s: no such field", at, name))
				continue
			}
			found = append(found, lost(part, kept[name], at+"."+name)...)
		}
		return found
	case []any:
		kept, _ := after.([]any)
		if len(kept) != len(value) {
			return []string{at + ": lost elements"}
		}
		var found []string
		for index, part := range value {
			found = append(found, lost(part, kept[index], fmt.Sprintf("%s[%d]", at, index))...)
		}
		return found
	}
	return nil
}

// Optional fields that hold nothing are left out when they are encoded.
func empty(value any) bool {
	switch part := value.(type) {
	case nil:
		return true
	case map[string]any:
		return len(part) == 0
	case []any:
		return len(part) == 0
	}
	return false
}

func check(bytes []byte) []string {
	// The strict decoder returns an empty list of faults where there are none, and stops at it: what it made is not used.
	var faults cog.BuildErrors
	if err := new(dashboard.Dashboard).UnmarshalJSONStrict(bytes); err != nil {
		if !errors.As(err, &faults) || len(faults) > 0 {
			return []string{err.Error()}
		}
	}
	var board dashboard.Dashboard
	if err := json.Unmarshal(bytes, &board); err != nil {
		return []string{err.Error()}
	}
	if err := board.Validate(); err != nil {
		return []string{err.Error()}
	}
	var found []string
	for index, panel := range board.Panels {
		if panel.Panel == nil {
			continue
		}
		if _, known := cog.ConfigForPanelcfgVariant(panel.Panel.Type); !known {
			found = append(found, fmt.Sprintf(".panels[%d]: no such panel: %s", index, panel.Panel.Type))
		}
	}
	again, err := json.Marshal(board)
	if err != nil {
		return []string{err.Error()}
	}
	var before, after any
	if json.Unmarshal(bytes, &before) != nil || json.Unmarshal(again, &after) != nil {
		return []string{"is no JSON"}
	}
	return append(found, lost(before, after, "")...)
}

func main() {
	plugins.RegisterDefaultPlugins()
	status := 0
	for _, file := range os.Args[1:] {
		bytes, err := os.ReadFile(file)
		faults := []string{}
		if err != nil {
			faults = append(faults, err.Error())
		} else {
			faults = check(bytes)
		}
		for _, fault := range faults {
			fmt.Printf("%s: %s\n", file, fault)
			status = 1
		}
	}
	os.Exit(status)
}
