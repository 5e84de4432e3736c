// SPDX-License-Identifier: Apache-2.0

// A browser's part of a sign-in: it keeps cookies, follows redirects within the
// stand-in, fills in its form, and returns the address at the callback.
export async function signIn(address, email) {
  const home = new URL(address).origin;
  const cookies = new Map();
  let at = new URL(address);
  let form;
  for (let hops = 0; hops < 10; hops++) {
    const response = await fetch(at, {
      method: form ? 'POST' : 'GET',
      body: form,
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split('=');
      cookies.set(name, value);
    }
    form = undefined;
    const location = response.headers.get('location');
    if (location) {
      at = new URL(location, at);
      if (at.origin !== home) return at;
      continue;
    }
    const page = await response.text();
    const relay = /name="relay" value="([^"]*)"/.exec(page);
    if (!relay) throw new Error(`${at.pathname} answered ${response.status}, and no sign-in form`);
    form = new URLSearchParams({ relay: relay[1], email, password: '' });
    at = new URL('/signin/', home);
  }
  throw new Error('more than ten redirects');
}
