// Shows the API's OpenAPI document. "Authorize" takes a machine's token; signing in there gives a user's, which is refused.
const page = document.getElementById("swagger-ui");
const ui = SwaggerUIBundle({
  url: page.dataset.schema,
  domNode: page,
  oauth2RedirectUrl: page.dataset.redirect,
  validatorUrl: null,
});
ui.initOAuth({
  clientId: "api-docs",
  usePkceWithAuthorizationCodeGrant: true,
  // Without an audience the authorization server would not know which API the token is for; Swagger UI sends none by itself.
  additionalQueryStringParams: { audience: page.dataset.audience },
});
