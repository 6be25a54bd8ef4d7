/*
 * Load generator of the benchmark: one thread, epoll. In C because of what it measures: a receiver in
 * JavaScript spends more on a read than the servers spend on the write, and cannot ask for TCP_QUICKACK.
 *
 * It connects clients, logs them in, puts each into a room, and lets some of them talk. What is said carries
 * its sender, a number and a time ("|sender|number|microseconds|", fixed width, then padding), so every
 * delivery is checked and timed. Client i is in room i % rooms; senders are the first clients.
 *
 * Options are pairs of words; those of text may hold {i}, the client's number, and {r}, its room's:
 *   port N, clients N, rooms N, senders N, inflight N (clients that connect or join at the same time)
 *   hello TEXT, helloready TEXT, join TEXT, joinready TEXT (what is sent, and awaited in a line of the answer;
 *   without a text to wait for, nothing is awaited), before TEXT, after TEXT (around the payload)
 *   rate N (messages a second in total, due at even times; 0: each sender says the next thing when all the
 *   others of the room have the last one), warmup MS, measure MS, hold MS (idle time before the traffic)
 *   quickack 1 (acknowledge at once, so that no server waits for delayed acknowledgements), pid N (the
 *   server, whose processor time and memory are read)
 * One JSON object goes to the standard output.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { payload_bytes = 100, stamp_bytes = 29, phase_seconds = 60, stall_seconds = 5 };

struct options {
	int port, clients, rooms, senders, inflight, rate, warmup, measure, hold, quickack, pid;
	const char *hello, *helloready, *join, *joinready, *before, *after;
};

struct client {
	int fd, room, ready, awaiting, gone;
	char *part; /* a line that has begun */
	size_t part_bytes, part_room;
	uint32_t *next; /* the number that comes next, for each sender of the room */
};

struct sender {
	char *before, *after;
	size_t before_bytes, after_bytes;
	uint32_t said, heard, listeners; /* `heard`: how many have the last message */
};

static struct options options = { .rooms = 1, .inflight = 64, .warmup = 1000, .measure = 3000, .hello = "",
	.helloready = "", .join = "", .joinready = "", .before = "", .after = "\n" };
static struct client *clients;
static struct sender *senders;
static int poll_fd, in_flight, done, gone, talking, measuring;
static uint64_t started; /* ns */
static uint64_t received, measured, messages, repeated, gaps, unreadable, bytes_read;
static const char *awaited;
static char input[1 << 20];

/* Latencies: steps of 1/32 of each power of two of microseconds. */
static uint64_t steps[40 * 32], timed;

static uint64_t now(void)
{
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void time_one(uint64_t us)
{
	int power = 0;
	uint64_t rest = us;
	while (rest >= 64) rest >>= 1, power++;
	steps[power * 32 + rest]++; /* 0 to 63 of the power 0, and 32 to 63 of each other one */
	timed++;
}

static double latency_ms(double share)
{
	uint64_t seen = 0, wanted = timed * share;
	for (int power = 0; power < 38; power++)
		for (int rest = power ? 32 : 0; rest < 64; rest++) {
			if ((seen += steps[power * 32 + rest]) > wanted) return (double)((uint64_t)rest << power) / 1000;
		}
	return 0;
}

/* The text with the numbers put in; the caller frees it. */
static char *fill(const char *text, int client)
{
	char *filled = malloc(strlen(text) * 8 + 8), *to = filled;
	for (; *text; text++) {
		if (!strncmp(text, "{i}", 3)) to += sprintf(to, "%05d", client), text += 2;
		else if (!strncmp(text, "{r}", 3)) to += sprintf(to, "%03d", client % options.rooms), text += 2;
		else *to++ = *text;
	}
	*to = 0;
	return filled;
}

static void leave(struct client *client)
{
	if (client->gone) return;
	client->gone = 1;
	gone++;
	if (client->awaiting) client->awaiting = 0, in_flight--, done++;
	close(client->fd);
}

/* Everything that is sent is short, and the servers read: a full socket buffer is an error here. */
static void put(struct client *client, const char *bytes, size_t count)
{
	if (client->gone) return;
	if (send(client->fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT) != (ssize_t)count) leave(client);
}

static void put_text(int number, const char *text)
{
	char *filled = fill(text, number);
	if (*filled) put(&clients[number], filled, strlen(filled));
	free(filled);
}

static void say(int number, uint64_t due)
{
	struct sender *sender = &senders[number];
	char line[512];
	size_t at = sender->before_bytes;
	memcpy(line, sender->before, at);
	int stamp = sprintf(line + at, "|%05d|%08u|%012llu|", number, sender->said++,
	                    (unsigned long long)(due - started) / 1000);
	memset(line + at + stamp, 'x', payload_bytes - stamp);
	memcpy(line + at + payload_bytes, sender->after, sender->after_bytes);
	sender->heard = 0;
	if (measuring) messages++;
	put(&clients[number], line, at + payload_bytes + sender->after_bytes);
}

static int number_in(const char *text, int digits, uint64_t *number)
{
	uint64_t value = 0;
	for (int digit = 0; digit < digits; digit++) {
		unsigned one = (unsigned)text[digit] - '0';
		if (one > 9) return 0;
		value = value * 10 + one;
	}
	*number = value;
	return text[digits] == '|';
}

static void take_delivery(struct client *client, const char *stamp, size_t bytes, uint64_t at)
{
	uint64_t from, number, due;
	if (bytes < stamp_bytes || !number_in(stamp + 1, 5, &from) || !number_in(stamp + 7, 8, &number) ||
	    !number_in(stamp + 16, 12, &due) || from >= (uint64_t)options.senders ||
	    from % options.rooms != (uint64_t)client->room) {
		unreadable++;
		return;
	}
	uint32_t *next = &client->next[from / options.rooms];
	if (number < *next) {
		repeated++;
		return;
	}
	if (number > *next) gaps++;
	*next = number + 1;
	received++;
	if (measuring) {
		measured++;
		time_one((at - started) / 1000 - due);
	}
	struct sender *sender = &senders[from];
	if (++sender->heard == sender->listeners && !options.rate && talking) say(from, at);
}

static void take_line(struct client *client, const char *line, size_t bytes, uint64_t at)
{
	if (client->awaiting) {
		if (memmem(line, bytes, awaited, strlen(awaited))) client->awaiting = 0, client->ready++, in_flight--, done++;
	} else if (client->next) {
		const char *stamp = memchr(line, '|', bytes);
		if (stamp) {
			take_delivery(client, stamp, line + bytes - stamp, at);
			return;
		}
	}
	if (bytes > 4 && !memcmp(line, "PING", 4)) {
		char pong[600];
		put(client, pong, snprintf(pong, sizeof pong, "PONG%.*s\n", (int)(bytes < 512 ? bytes - 4 : 508), line + 4));
	}
}

static void take_bytes(struct client *client)
{
	memcpy(input, client->part, client->part_bytes);
	char *from = input + client->part_bytes;
	ssize_t count = recv(client->fd, from, sizeof input - client->part_bytes, MSG_DONTWAIT);
	if (count <= 0) {
		if (count == 0 || (errno != EAGAIN && errno != EINTR)) leave(client);
		return;
	}
	uint64_t at = now();
	if (options.quickack) setsockopt(client->fd, IPPROTO_TCP, TCP_QUICKACK, &(int){ 1 }, sizeof(int));
	bytes_read += count;
	char *line = input, *end = from + count, *newline;
	for (; (newline = memchr(from, '\n', end - from)); line = from = newline + 1)
		take_line(client, line, newline - line, at);
	client->part_bytes = end - line;
	if (client->part_bytes > sizeof input / 2) leave(client);
	else if (client->part_bytes > client->part_room)
		client->part = realloc(client->part, client->part_room = client->part_bytes * 2);
	if (client->part_bytes) memcpy(client->part, line, client->part_bytes);
}

static void turn(uint64_t until)
{
	struct epoll_event events[512];
	uint64_t at = now(), ns = until > at ? until - at : 0;
	struct timespec wait = { ns / 1000000000, ns % 1000000000 };
	int count = epoll_pwait2(poll_fd, events, 512, &wait, NULL);
	for (int event = 0; event < count; event++) {
		struct client *client = &clients[events[event].data.u32];
		if (!client->gone) take_bytes(client);
	}
}

static void open_client(int number)
{
	struct client *client = &clients[number];
	/* Several source addresses, so that ports do not run out between the runs. */
	struct sockaddr_in own = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002 + number % 16) };
	struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons(options.port),
	                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	client->room = number % options.rooms;
	client->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (client->fd < 0) fail("socket");
	setsockopt(client->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &(int){ 1 }, sizeof(int));
	setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof(int));
	if (bind(client->fd, (struct sockaddr *)&own, sizeof own)) fail("bind");
	if (connect(client->fd, (struct sockaddr *)&server, sizeof server)) fail("connect");
	struct epoll_event event = { EPOLLIN, { .u32 = number } };
	if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, client->fd, &event)) fail("epoll_ctl");
}

/* Takes every client through a step and answers the seconds that it took. */
static double all(int opening, const char *text, const char *ready)
{
	uint64_t begin = now(), limit = begin + phase_seconds * 1000000000ull;
	int next = 0;
	awaited = ready;
	done = in_flight = 0;
	while (done < options.clients && now() < limit) {
		for (; next < options.clients && in_flight < options.inflight; next++) {
			struct client *client = &clients[next];
			if (opening) open_client(next);
			if (client->gone) { done++; continue; }
			client->awaiting = *ready != 0;
			if (*ready) in_flight++;
			else client->ready++, done++;
			put_text(next, text);
		}
		turn(now() + 100000000);
	}
	return (now() - begin) / 1e9;
}

/* Reads on until nothing has come for a while. */
static void settle(int ms)
{
	for (uint64_t last = now(), bytes = bytes_read, end = last + 20000000000ull;
	     now() - last < ms * 1000000ull && now() < end;) {
		turn(now() + 20000000);
		if (bytes != bytes_read) bytes = bytes_read, last = now();
	}
}

static double processor_seconds(void)
{
	char path[64], text[1024];
	unsigned long user = 0, system = 0;
	sprintf(path, "/proc/%d/stat", options.pid);
	FILE *file = options.pid ? fopen(path, "r") : NULL;
	if (!file) return 0;
	size_t count = fread(text, 1, sizeof text - 1, file);
	fclose(file);
	text[count] = 0;
	char *name_end = strrchr(text, ')');
	if (name_end) sscanf(name_end + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system);
	return (double)(user + system) / sysconf(_SC_CLK_TCK);
}

static long resident_kib(void)
{
	char path[64], line[256];
	long kib = 0;
	sprintf(path, "/proc/%d/status", options.pid);
	FILE *file = options.pid ? fopen(path, "r") : NULL;
	while (file && fgets(line, sizeof line, file)) sscanf(line, "VmRSS: %ld", &kib);
	if (file) fclose(file);
	return kib;
}

static double own_seconds(void)
{
	struct rusage usage;
	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void prepare_traffic(void)
{
	int per_room = (options.senders + options.rooms - 1) / options.rooms;
	int *members = calloc(options.rooms, sizeof *members);
	for (int number = 0; number < options.clients; number++) {
		clients[number].next = calloc(per_room + 1, sizeof(uint32_t));
		if (!clients[number].gone) members[clients[number].room]++;
	}
	for (int number = 0; number < options.senders; number++) {
		struct sender *sender = &senders[number];
		sender->before = fill(options.before, number);
		sender->after = fill(options.after, number);
		sender->before_bytes = strlen(sender->before);
		sender->after_bytes = strlen(sender->after);
		if (sender->before_bytes + sender->after_bytes > 300) exit(2);
		sender->listeners = members[number % options.rooms] - 1;
	}
	free(members);
}

/* Who has started this looks at the server meanwhile. */
static void tell(const char *what)
{
	puts(what);
	fflush(stdout);
}

static int stalled;
static double server_seconds, generator_seconds, span;

static void talk(void)
{
	uint64_t begin = now(), measure_from = begin + options.warmup * 1000000ull;
	uint64_t end = measure_from + options.measure * 1000000ull, last = begin, seen = 0, due = begin, at, measured_from = begin;
	uint64_t gap = options.rate ? 1000000000ull / options.rate : 0;
	int turn_of = 0;
	talking = 1;
	if (!gap) for (int number = 0; number < options.senders; number++) say(number, now());
	while ((at = now()) < end) {
		if (!measuring && at >= measure_from) {
			server_seconds = processor_seconds(), generator_seconds = own_seconds();
			measuring = 1, measured_from = at;
			tell("begins");
		}
		for (; gap && due <= at; due += gap) say(turn_of++ % options.senders, due);
		if (seen != received) seen = received, last = at;
		if (at - last > stall_seconds * 1000000000ull) { stalled = 1; break; }
		uint64_t next = measuring ? end : measure_from;
		if (gap && due < next) next = due;
		turn(next);
	}
	talking = 0;
	server_seconds = processor_seconds() - server_seconds, generator_seconds = own_seconds() - generator_seconds;
	span = (now() - measured_from) / 1e9;
	tell("ends");
	if (!options.rate) measuring = 0;
}

static void read_options(int count, char **words)
{
	struct { const char *name; int *number; const char **text; } known[] = {
		{ "port", &options.port, 0 }, { "clients", &options.clients, 0 }, { "rooms", &options.rooms, 0 },
		{ "senders", &options.senders, 0 }, { "inflight", &options.inflight, 0 }, { "rate", &options.rate, 0 },
		{ "warmup", &options.warmup, 0 }, { "measure", &options.measure, 0 }, { "hold", &options.hold, 0 },
		{ "quickack", &options.quickack, 0 }, { "pid", &options.pid, 0 }, { "hello", 0, &options.hello },
		{ "helloready", 0, &options.helloready }, { "join", 0, &options.join },
		{ "joinready", 0, &options.joinready }, { "before", 0, &options.before }, { "after", 0, &options.after },
	};
	for (int word = 1; word + 1 < count; word += 2) {
		size_t option = 0, total = sizeof known / sizeof *known;
		while (option < total && strcmp(words[word], known[option].name)) option++;
		if (option == total) { fprintf(stderr, "unknown option %s\n", words[word]); exit(2); }
		if (known[option].number) *known[option].number = atoi(words[word + 1]);
		else *known[option].text = words[word + 1];
	}
}

int main(int count, char **words)
{
	read_options(count, words);
	struct rlimit files;
	getrlimit(RLIMIT_NOFILE, &files);
	files.rlim_cur = files.rlim_max;
	setrlimit(RLIMIT_NOFILE, &files);
	poll_fd = epoll_create1(0);
	started = now();
	clients = calloc(options.clients, sizeof *clients);
	senders = calloc(options.senders + 1, sizeof *senders);

	long kib_before = resident_kib();
	double hello_seconds = all(1, options.hello, options.helloready), cpu = processor_seconds();
	double join_seconds = all(0, options.join, options.joinready);
	settle(300);
	double join_cpu = processor_seconds() - cpu;
	for (uint64_t end = now() + options.hold * 1000000ull; now() < end;) turn(end);
	long kib_after = resident_kib();
	int joined = 0;
	for (int number = 0; number < options.clients; number++) joined += clients[number].ready == 2 && !clients[number].gone;

	if (joined < options.clients) fprintf(stderr, "only %d clients came in\n", joined);
	else if (options.senders) {
		prepare_traffic();
		talk();
		uint64_t deliveries = measured;
		settle(500);
		measured = deliveries;
	}
	uint64_t expected = 0;
	for (int number = 0; number < options.senders; number++)
		expected += (uint64_t)senders[number].said * senders[number].listeners;

	printf("{\"joined\":%d,\"gone\":%d,\"stalled\":%d,\"helloSeconds\":%.4f,\"joinSeconds\":%.4f,\"joinCpuSeconds\":%.3f,"
	       "\"kibBefore\":%ld,\"kibAfter\":%ld,\"seconds\":%.4f,\"messages\":%llu,\"deliveries\":%llu,"
	       "\"lost\":%lld,\"repeated\":%llu,\"gaps\":%llu,\"unreadable\":%llu,\"serverSeconds\":%.3f,\"generatorSeconds\":%.3f,"
	       "\"p50\":%.3f,\"p99\":%.3f,\"p999\":%.3f}\n",
	       joined, gone, stalled, hello_seconds, join_seconds, join_cpu, kib_before, kib_after, span,
	       (unsigned long long)messages, (unsigned long long)measured, (long long)(expected - received),
	       (unsigned long long)repeated, (unsigned long long)gaps, (unsigned long long)unreadable, server_seconds,
	       generator_seconds, latency_ms(.5), latency_ms(.99), latency_ms(.999));
	return 0;
}
