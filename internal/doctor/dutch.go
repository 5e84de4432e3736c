// SPDX-License-Identifier: Apache-2.0

package doctor

func dutch(english string) (string, bool) { return "", false }
