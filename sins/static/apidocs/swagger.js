// Shows the OpenAPI document and lets people try its operations.
"use strict";

const place = document.getElementById("document");

SwaggerUIBundle({
  url: place.dataset.schema,
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
  tryItOutEnabled: true,
  deepLinking: true,
  displayRequestDuration: true,
  // Writes of somebody who is logged in on the pages need the CSRF token as well.
  requestInterceptor: (request) => {
    if (!["GET", "HEAD", undefined].includes(request.method)) {
      request.headers["X-CSRFToken"] = place.dataset.csrf;
    }
    return request;
  },
});
