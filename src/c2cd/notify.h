/* Telling the service manager how it goes (sd_notify(3)'s protocol: one
 * datagram to the socket that $NOTIFY_SOCKET names). */

#ifndef C2C_C2CD_NOTIFY_H
#define C2C_C2CD_NOTIFY_H

/* Send @state ("READY=1"); does nothing without a service manager. */
void c2cd_notify(const char *state);

#endif /* C2C_C2CD_NOTIFY_H */
