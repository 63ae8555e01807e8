// Shows an API's OpenAPI document. "Authorize" signs in at the authorization server with code and PKCE, or takes a token.
const page = document.getElementById("swagger-ui");
const ui = SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  oauth2RedirectUrl: page.dataset.redirect,
  validatorUrl: null,
});
ui.initOAuth({
  clientId: "api-docs",
  scopes: page.dataset.scopes,
  usePkceWithAuthorizationCodeGrant: true,
  // Without an audience the authorization server would not know which API the token is for; Swagger UI sends none by itself.
  additionalQueryStringParams: { audience: page.dataset.audience },
});
