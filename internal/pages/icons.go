// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"fmt"
	"html/template"
)

// icons are drawn with strokes in a square of 24.
func icons() map[string]string {
	return map[string]string{ //nolint:gosec // drawings, no credentials
		"door":    `<path d="M5.5 21V9.5a6.5 6.5 0 0 1 13 0V21"/><path d="M3 21h18"/><path d="M15 13.5v2"/>`,
		"lock":    `<rect x="5" y="11" width="14" height="9.5" rx="2.5"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/><path d="M12 14.75v2"/>`,
		"person":  `<circle cx="12" cy="8" r="4"/><path d="M4.5 20.5a7.5 7.5 0 0 1 15 0"/>`,
		"repeat":  `<path d="M4.5 11a7.6 7.6 0 0 1 13.6-3.6L20 9.5"/><path d="M20 4.75V9.5h-4.75"/><path d="M19.5 13a7.6 7.6 0 0 1-13.6 3.6L4 14.5"/><path d="M4 19.25V14.5h4.75"/>`,
		"clock":   `<circle cx="12" cy="12" r="8.5"/><path d="M12 7.25V12l3.25 2"/>`,
		"tools":   `<path d="M12 4.25 3 19.75h18z"/><path d="M12 10v4.25"/><path d="M12 16.9v.05"/>`,
		"check":   `<path d="m5 12.75 4.5 4.5L19 7.5"/>`,
		"leave":   `<path d="M10.5 4H6.5A2.5 2.5 0 0 0 4 6.5v11A2.5 2.5 0 0 0 6.5 20h4"/><path d="m15.5 7.75 4.25 4.25-4.25 4.25"/><path d="M19.5 12H9.5"/>`,
		"compass": `<circle cx="12" cy="12" r="8.5"/><path d="m15.25 8.75-2 4.5-4.5 2 2-4.5z"/>`,
		"forward": `<path d="M5 12h14"/><path d="m13 6 6 6-6 6"/>`,
		"notice":  `<circle cx="12" cy="12" r="8.5"/><path d="M12 11.25v4.5"/><path d="M12 8.1v.05"/>`,
	}
}

// drawing draws icons by name. They say nothing to those who listen instead of
// looking.
func drawing(icons map[string]string) func(name string) (template.HTML, error) {
	return func(name string) (template.HTML, error) {
		strokes, ok := icons[name]
		if !ok {
			return "", fmt.Errorf("there is no icon %q", name)
		}
		return template.HTML(`<svg class="icon" viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">` + strokes + `</svg>`), nil //nolint:gosec // a constant
	}
}
