// In a page of a file, whose origin is null.
(async () => {
  const results = [];
  for (const [framework, servers] of Object.entries(setup.servers)) {
    for (const {from, policy, source, token} of setup.tasks) {
      if (from !== 'file') continue;
      const place = {framework, origins: setup.origins, policy, servers, token};
      results.push({framework, token, reads: await check(source, place)});
    }
  }
  location.href = `${setup.origins.app}/#${encodeURIComponent(JSON.stringify(results))}`;
})();
