// SPDX-License-Identifier: Apache-2.0

package checks_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// sarifObjects are the objects of SARIF 2.1.0 that the doctor writes, as the
// schema has them: no other members are allowed in them, and those with a star
// have to be there.
func sarifObjects() map[string]map[string]string {
	return map[string]map[string]string{
		"log":              {"$schema": "", "version*": "2.1.0", "runs*": "[run"},
		"run":              {"tool*": "tool", "columnKind": "unicodeCodePoints|utf16CodeUnits", "results": "[result", "properties": "any", "artifacts": "any", "invocations": "any"},
		"tool":             {"driver*": "driver"},
		"driver":           {"name*": "", "version": "", "informationUri": "", "rules": "[rule"},
		"rule":             {"id*": "", "shortDescription": "message", "fullDescription": "message", "help": "message", "helpUri": "", "defaultConfiguration": "configuration", "properties": "any"},
		"configuration":    {"level": "none|note|warning|error", "enabled": "any"},
		"result":           {"ruleId": "", "ruleIndex": "#0", "kind": "pass|open|informational|notApplicable|review|fail", "level": "none|note|warning|error", "message*": "message", "locations": "[location", "relatedLocations": "[location", "partialFingerprints": "any", "fixes": "[fix", "suppressions": "[suppression", "properties": "any"},
		"message":          {"text*": "", "markdown": ""},
		"location":         {"physicalLocation": "physicalLocation", "message": "message"},
		"physicalLocation": {"artifactLocation": "artifactLocation", "region": "region"},
		"artifactLocation": {"uri": "", "uriBaseId": ""},
		"region":           {"startLine": "#1", "startColumn": "#1", "endLine": "#1", "endColumn": "#1", "snippet": "message"},
		"fix":              {"description": "message", "artifactChanges*": "[change"},
		"change":           {"artifactLocation*": "artifactLocation", "replacements*": "[replacement"},
		"replacement":      {"deletedRegion*": "region", "insertedContent": "content"},
		"content":          {"text": ""},
		"suppression":      {"kind*": "inSource|external", "status": "accepted|underReview|rejected", "justification": ""},
	}
}

// sarifForm holds a log to the form of SARIF 2.1.0.
func sarifForm(log string) error {
	var root any
	if err := json.Unmarshal([]byte(log), &root); err != nil {
		return err
	}
	return sarifValue(root, "log", "")
}

func sarifValue(value any, kind, path string) error {
	if list, ok := strings.CutPrefix(kind, "["); ok {
		items, ok := value.([]any)
		if !ok {
			return fmt.Errorf("%s is no list", path)
		}
		for i, item := range items {
			if err := sarifValue(item, list, fmt.Sprintf("%s[%d]", path, i)); err != nil {
				return err
			}
		}
		return nil
	}
	if members, ok := sarifObjects()[kind]; ok {
		return sarifObject(value, members, path)
	}
	return sarifScalar(value, kind, path)
}

func sarifObject(value any, members map[string]string, path string) error {
	object, ok := value.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is no object", path)
	}
	known := 0
	for name, kind := range members {
		plain, required := strings.CutSuffix(name, "*")
		v, there := object[plain]
		if !there {
			if required {
				return fmt.Errorf("%s has no %s", path, plain)
			}
			continue
		}
		known++
		if err := sarifValue(v, kind, path+"."+plain); err != nil {
			return err
		}
	}
	if known != len(object) {
		return fmt.Errorf("%s has members that SARIF does not know: %v", path, object)
	}
	return nil
}

func sarifScalar(value any, kind, path string) error {
	if kind == "any" {
		return nil
	}
	if least, ok := strings.CutPrefix(kind, "#"); ok {
		n, number := value.(float64)
		if !number || n < float64(least[0]-'0') || n != float64(int(n)) {
			return fmt.Errorf("%s is %v", path, value)
		}
		return nil
	}
	text, ok := value.(string)
	if !ok || kind != "" && !slices.Contains(strings.Split(kind, "|"), text) {
		return fmt.Errorf("%s is %v, wanted a text %s", path, value, kind)
	}
	return nil
}
