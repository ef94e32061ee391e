// Firefox alone runs this: its console tells its terminal why it blocked a request.
'use strict';

this.heard = class extends ExtensionAPI {
  onStartup() {
    Services.console.registerListener({
      observe({message}) {
        if (message.includes('Cross-Origin Request Blocked')) dump(`${message}\n`);
      },
    });
  }
};
