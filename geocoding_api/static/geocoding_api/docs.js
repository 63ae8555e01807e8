// Shows the API's OpenAPI document.
const page = document.getElementById("swagger-ui");
SwaggerUIBundle({ url: page.dataset.schema, domNode: page, validatorUrl: null });
