// SPDX-License-Identifier: Apache-2.0

// Package browser drives the product in a real, headless Chromium, for tests.
package browser
