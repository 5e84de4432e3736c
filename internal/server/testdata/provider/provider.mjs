// A certified OpenID Connect provider, with who signs in, what it says of them
// and how it answers decided by a control address.
import http from 'node:http';
import { Provider, errors } from 'oidc-provider';

const { ISSUER, PORT, CALLBACK, LOGOUT, SIGNED_OUT } = process.env;
const people = { ana: ['team Admin'], bram: ['team Delivery operators'] };
const state = { person: 'ana', down: false, refreshed: 0, refused: 0, slow: 0, signout: [] };

const provider = new Provider(ISSUER, {
  clients: [{
    client_id: 'usher', client_secret: 'canary-client-secret', redirect_uris: [CALLBACK],
    grant_types: ['authorization_code', 'refresh_token'], response_types: ['code'],
    post_logout_redirect_uris: [SIGNED_OUT], backchannel_logout_uri: LOGOUT, backchannel_logout_session_required: true,
  }],
  cookies: { keys: ['one key of a test'] },
  claims: { openid: ['sub', 'sid'], email: ['email', 'email_verified'], groups: ['groups'] },
  scopes: ['openid', 'email', 'groups', 'offline_access'],
  features: {
    devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
  },
  interactions: { url: (_, interaction) => `/auto/${interaction.uid}` },
  fetch: (url, { dispatcher, ...options }) => fetch(url, options), // it would not call this machine
  rotateRefreshToken: true,
  issueRefreshToken: async () => true,
  async findAccount(_, id) {
    if (!people[id]) return undefined;
    return { accountId: id, claims: async () => ({ sub: id, email: `${id}@corp.example`, email_verified: true, groups: people[id] }) };
  },
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ clientId: 'usher', accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope('openid email groups offline_access');
    await grant.save();
    return grant;
  },
});
provider.on('grant.success', (ctx) => { if (ctx.oidc.params.grant_type === 'refresh_token') state.refreshed += 1; });
provider.on('grant.error', (ctx) => { if (ctx.oidc.params?.grant_type === 'refresh_token') state.refused += 1; });
provider.on('backchannel.success', () => state.signout.push('success'));
provider.on('backchannel.error', (_, err) => state.signout.push(String(err) + ' ' + String(err?.cause)));

const answer = provider.callback();
http.createServer(async (req, res) => {
  const url = new URL(req.url, ISSUER);
  if (url.pathname === '/control') {
    for (const [name, value] of url.searchParams) {
      if (name === 'groups') people[state.person] = JSON.parse(value);
      else if (name === 'gone') delete people[value];
      else state[name] = JSON.parse(value);
    }
    res.setHeader('content-type', 'application/json');
    return res.end(JSON.stringify(state));
  }
  if (state.down) return req.socket.destroy();
  if (url.pathname.startsWith('/auto/')) {
    try {
      return await provider.interactionFinished(req, res, { login: { accountId: state.person } });
    } catch (err) {
      res.statusCode = err instanceof errors.SessionNotFound ? 400 : 500;
      return res.end(String(err));
    }
  }
  if (state.slow && url.pathname === '/token') await new Promise((done) => { setTimeout(done, state.slow); });
  return answer(req, res);
}).listen(Number(PORT), '127.0.0.1', () => console.log('listening'));
