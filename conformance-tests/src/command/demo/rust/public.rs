static POLICY: Policy = Policy::public()
    .any_method()
    .any_request_header()
    .request_headers("authorization")
    .expose_all();
