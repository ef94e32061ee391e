static POLICY: Policy = Policy::dangerously_allow_insecure_origins()
    .credentialed(
        "http://app.example https://*.preview.example.com \
         https://staging.example.com",
    )
    .methods("PUT, PATCH")
    .request_headers("content-type, x-foo")
    .expose_headers("x-a")
    .max_age(600);
