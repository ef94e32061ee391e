static POLICY: Policy = Policy::dangerously_allow_insecure_origins()
    .public_and_credentialed("http://app.example");
