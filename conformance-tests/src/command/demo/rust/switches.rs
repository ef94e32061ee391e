static POLICY: Policy = Policy::anonymous("https://a.example")
    .own_origins("https://www.example")
    .preflight_status(200)
    .timing()
    .forward_denied()
    .vary_on_preflight()
    .debug()
    .dangerously_allow_null_origin();
