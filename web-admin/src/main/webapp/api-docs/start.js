// SPDX-License-Identifier: Apache-2.0
"use strict";

window.SwaggerUIBundle({
  url: "../api/v1/openapi.json",
  dom_id: "#rest",
  deepLinking: true,
  defaultModelsExpandDepth: -1,
  // It would send the description to a server of others.
  validatorUrl: null,
});
