// A certified OpenID provider (node-oidc-provider) on loopback: node openid.mjs PORT CERTIFICATE CALLBACK SIGNED_OUT
// Whoever types a name is who it is; `email` and `groups` are told at the userinfo endpoint.
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import Provider from 'oidc-provider'

const [port, certificate, callback, left] = process.argv.slice(2)
const pem = readFileSync(certificate)
const provider = new Provider(`https://127.0.0.1:${port}`, {
  clients: [{ client_id: 'hushgate', client_secret: 'shh', redirect_uris: [callback], post_logout_redirect_uris: [left] }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['groups'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@acme.example`, email_verified: true, groups: ['gate-auditors'] }),
  }),
})
createServer({ key: pem, cert: pem }, provider.callback()).listen(Number(port), '127.0.0.1', () => console.log('ready'))
