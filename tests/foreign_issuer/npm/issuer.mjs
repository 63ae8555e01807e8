// oidc-provider, unmodified, as somebody else's issuer: two APIs as resources (RFC 8707), Daybook and its backend as clients, its own
// development pages for sign-in and consent. Reads its settings from the command line as JSON, prints "ready" when it listens.
import Provider from "oidc-provider";

const { issuer, port, calendar, geocoding, daybook, backend } = JSON.parse(process.argv[2]);
const scopes = { [calendar]: "read write", [geocoding]: "" };

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: daybook.client_id,
      client_secret: daybook.client_secret,
      client_name: "Daybook",
      redirect_uris: [daybook.redirect_uri],
      grant_types: ["authorization_code"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
    },
    {
      client_id: backend.client_id,
      client_secret: backend.client_secret,
      redirect_uris: [],
      grant_types: ["client_credentials"],
      response_types: [],
      token_endpoint_auth_method: "client_secret_post",
    },
  ],
  scopes: ["read", "write"],
  cookies: { keys: ["only-for-this-test"] },
  features: {
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (context, client, oneOf) => oneOf,
      useGrantedResource: () => true,
      getResourceServerInfo: (context, resource) => ({
        scope: scopes[resource],
        audience: resource,
        accessTokenFormat: "jwt",
        accessTokenTTL: 3600,
        jwt: { sign: { alg: "RS256" } },
      }),
    },
  },
});
provider.listen(port, "127.0.0.1", () => console.log("ready"));
