/*
 * RocksDB's C API, one command a line on stdin, one JSON object a line on stdout:
 *
 *   open MODE DIR [option=n …]      MODE: readonly | secondary (its own files go to DIR.secondary-c); only `default`
 *   first                           the first 100 entries
 *   scan | count [option=n …]       all entries; `scan` looks at each key and value
 *   search NEEDLE [option=n …]      entries whose key or value contains it
 *   lookups FILE [option=n …]       FILE: u32 length, key, …; batched=n keys in one call, 0: one by one
 *   catchup                         TryCatchUpWithPrimary
 *   get KEY                         the value's length
 *   memory                          peak resident bytes of this process
 *   close
 *
 * `seconds` is the time that the call itself took. Prototypes as in RocksDB's include/rocksdb/c.h, for the library
 * comes without it.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct rocksdb_t rocksdb_t;
typedef struct rocksdb_options_t rocksdb_options_t;
typedef struct rocksdb_readoptions_t rocksdb_readoptions_t;
typedef struct rocksdb_iterator_t rocksdb_iterator_t;
typedef struct rocksdb_cache_t rocksdb_cache_t;
typedef struct rocksdb_block_based_table_options_t rocksdb_block_based_table_options_t;
typedef struct rocksdb_column_family_handle_t rocksdb_column_family_handle_t;
typedef struct rocksdb_pinnableslice_t rocksdb_pinnableslice_t;
typedef struct {
  const char *data;
  size_t size;
} rocksdb_slice_t;

extern rocksdb_options_t *rocksdb_options_create(void);
extern void rocksdb_options_destroy(rocksdb_options_t *);
extern void rocksdb_options_set_max_open_files(rocksdb_options_t *, int);
extern void rocksdb_options_set_allow_mmap_reads(rocksdb_options_t *, unsigned char);
extern void rocksdb_options_set_info_log_level(rocksdb_options_t *, int);
extern void rocksdb_options_set_skip_stats_update_on_db_open(rocksdb_options_t *, unsigned char);
extern void rocksdb_options_set_skip_checking_sst_file_sizes_on_db_open(rocksdb_options_t *, unsigned char);
extern void rocksdb_options_set_block_based_table_factory(rocksdb_options_t *,
                                                          rocksdb_block_based_table_options_t *);
extern rocksdb_block_based_table_options_t *rocksdb_block_based_options_create(void);
extern void rocksdb_block_based_options_destroy(rocksdb_block_based_table_options_t *);
extern void rocksdb_block_based_options_set_block_cache(rocksdb_block_based_table_options_t *,
                                                        rocksdb_cache_t *);
extern rocksdb_cache_t *rocksdb_cache_create_lru(size_t);
extern void rocksdb_cache_destroy(rocksdb_cache_t *);
extern rocksdb_t *rocksdb_open_for_read_only(const rocksdb_options_t *, const char *, unsigned char,
                                             char **);
extern rocksdb_t *rocksdb_open_as_secondary(const rocksdb_options_t *, const char *, const char *,
                                            char **);
extern void rocksdb_try_catch_up_with_primary(rocksdb_t *, char **);
extern void rocksdb_close(rocksdb_t *);
extern rocksdb_readoptions_t *rocksdb_readoptions_create(void);
extern void rocksdb_readoptions_destroy(rocksdb_readoptions_t *);
extern void rocksdb_readoptions_set_verify_checksums(rocksdb_readoptions_t *, unsigned char);
extern void rocksdb_readoptions_set_fill_cache(rocksdb_readoptions_t *, unsigned char);
extern void rocksdb_readoptions_set_readahead_size(rocksdb_readoptions_t *, size_t);
extern void rocksdb_readoptions_set_pin_data(rocksdb_readoptions_t *, unsigned char);
extern void rocksdb_readoptions_set_async_io(rocksdb_readoptions_t *, unsigned char);
extern rocksdb_iterator_t *rocksdb_create_iterator(rocksdb_t *, const rocksdb_readoptions_t *);
extern void rocksdb_iter_destroy(rocksdb_iterator_t *);
extern unsigned char rocksdb_iter_valid(const rocksdb_iterator_t *);
extern void rocksdb_iter_seek_to_first(rocksdb_iterator_t *);
extern void rocksdb_iter_next(rocksdb_iterator_t *);
extern rocksdb_slice_t rocksdb_iter_key_slice(const rocksdb_iterator_t *);
extern rocksdb_slice_t rocksdb_iter_value_slice(const rocksdb_iterator_t *);
extern void rocksdb_iter_get_error(const rocksdb_iterator_t *, char **);
extern rocksdb_pinnableslice_t *rocksdb_get_pinned(rocksdb_t *, const rocksdb_readoptions_t *,
                                                   const char *, size_t, char **);
extern const char *rocksdb_pinnableslice_value(const rocksdb_pinnableslice_t *, size_t *);
extern void rocksdb_pinnableslice_destroy(rocksdb_pinnableslice_t *);
extern rocksdb_column_family_handle_t *rocksdb_get_default_column_family_handle(rocksdb_t *);
extern void rocksdb_batched_multi_get_cf(rocksdb_t *, const rocksdb_readoptions_t *,
                                         rocksdb_column_family_handle_t *, size_t,
                                         const char *const *, const size_t *,
                                         rocksdb_pinnableslice_t **, char **, const _Bool);

enum { firstPage = 100, mostBatched = 16384, infoLogFatal = 4 };

static rocksdb_t *database;
static rocksdb_cache_t *cache;

static double now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec + at.tv_nsec / 1e9;
}

static void stop(const char *what, const char *why) {
  fprintf(stderr, "%s: %s\n", what, why ? why : "");
  exit(1);
}

static void check(const char *what, char *error) {
  if (error) stop(what, error);
}

/* The number behind ` name=` in a command, `otherwise` where it is not there. */
static long option(const char *command, const char *name, long otherwise) {
  char wanted[64];
  snprintf(wanted, sizeof wanted, " %s=", name);
  const char *at = strstr(command, wanted);
  return at ? atol(at + strlen(wanted)) : otherwise;
}

static rocksdb_readoptions_t *reading(const char *command) {
  rocksdb_readoptions_t *options = rocksdb_readoptions_create();
  rocksdb_readoptions_set_verify_checksums(options, 1);
  rocksdb_readoptions_set_fill_cache(options, option(command, "fill", 0));
  rocksdb_readoptions_set_readahead_size(options, option(command, "readahead", 0));
  rocksdb_readoptions_set_pin_data(options, option(command, "pin", 0));
  rocksdb_readoptions_set_async_io(options, option(command, "async", 0));
  return options;
}

static double openDatabase(const char *command, const char *mode, const char *directory) {
  char secondary[4096], *error = NULL;
  double start = now();
  rocksdb_options_t *options = rocksdb_options_create();
  rocksdb_options_set_info_log_level(options, infoLogFatal);
  rocksdb_options_set_max_open_files(options, option(command, "files", -1));
  rocksdb_options_set_allow_mmap_reads(options, option(command, "mmap", 0));
  rocksdb_options_set_skip_stats_update_on_db_open(options, 1);
  rocksdb_options_set_skip_checking_sst_file_sizes_on_db_open(options, 1);
  rocksdb_block_based_table_options_t *table = rocksdb_block_based_options_create();
  /* One cache for all openings, so that a second finds it warm. */
  if (!cache) cache = rocksdb_cache_create_lru(option(command, "cache", 64L << 20));
  rocksdb_block_based_options_set_block_cache(table, cache);
  rocksdb_options_set_block_based_table_factory(options, table);
  if (strcmp(mode, "secondary") == 0) {
    snprintf(secondary, sizeof secondary, "%s.secondary-c", directory);
    database = rocksdb_open_as_secondary(options, directory, secondary, &error);
  } else {
    database = rocksdb_open_for_read_only(options, directory, 0, &error);
  }
  double seconds = now() - start;
  check("open", error);
  rocksdb_block_based_options_destroy(table);
  rocksdb_options_destroy(options);
  return seconds;
}

/* Up to `most` entries, all at 0; with a needle only those that contain it are counted. */
static void scan(const char *command, long most, int look, const char *needle) {
  rocksdb_readoptions_t *options = reading(command);
  size_t needleLength = needle ? strlen(needle) : 0;
  long count = 0;
  unsigned long bytes = 0, mix = 0;
  char *error = NULL;
  double start = now();
  rocksdb_iterator_t *at = rocksdb_create_iterator(database, options);
  for (rocksdb_iter_seek_to_first(at); rocksdb_iter_valid(at); rocksdb_iter_next(at)) {
    if (look || needle) {
      rocksdb_slice_t key = rocksdb_iter_key_slice(at), value = rocksdb_iter_value_slice(at);
      if (needle && !memmem(key.data, key.size, needle, needleLength) &&
          !memmem(value.data, value.size, needle, needleLength))
        continue;
      bytes += key.size + value.size;
      mix += (unsigned char)key.data[key.size - 1] + (unsigned char)value.data[value.size / 2];
    }
    if (++count == most) break;
  }
  rocksdb_iter_get_error(at, &error);
  check("scan", error);
  rocksdb_iter_destroy(at);
  double seconds = now() - start;
  rocksdb_readoptions_destroy(options);
  printf("{\"seconds\":%.9f,\"count\":%ld,\"bytes\":%lu,\"mix\":%lu}\n", seconds, count, bytes, mix);
}

static char *contents(const char *file, size_t *size) {
  FILE *stream = fopen(file, "rb");
  if (!stream) stop(file, "cannot be read");
  fseek(stream, 0, SEEK_END);
  *size = ftell(stream);
  rewind(stream);
  char *bytes = malloc(*size);
  if (fread(bytes, 1, *size, stream) != *size) stop(file, "cannot be read");
  fclose(stream);
  return bytes;
}

static void lookups(const char *command, const char *file) {
  static const char *keys[mostBatched];
  static size_t lengths[mostBatched];
  static rocksdb_pinnableslice_t *values[mostBatched];
  static char *errors[mostBatched];
  size_t size, batched = option(command, "batched", 0);
  char *bytes = contents(file, &size), *error = NULL;
  rocksdb_column_family_handle_t *family = rocksdb_get_default_column_family_handle(database);
  rocksdb_readoptions_t *options = reading(command);
  long total = 0, found = 0, length = 0;
  for (size_t at = 0; at < size && total < mostBatched; total++) {
    uint32_t keyLength;
    memcpy(&keyLength, bytes + at, 4);
    keys[total] = bytes + at + 4;
    lengths[total] = keyLength;
    at += 4 + keyLength;
  }
  double start = now();
  for (long from = 0; from < total; from += batched ? batched : 1) {
    if (!batched) {
      values[from] = rocksdb_get_pinned(database, options, keys[from], lengths[from], &error);
      check("get", error);
    } else {
      size_t many = (size_t)(total - from) < batched ? (size_t)(total - from) : batched;
      rocksdb_batched_multi_get_cf(database, options, family, many, keys + from, lengths + from,
                                   values + from, errors + from, option(command, "sorted", 0));
    }
  }
  for (long i = 0; i < total; i++) {
    check("get", errors[i]);
    if (!values[i]) continue;
    size_t valueLength;
    rocksdb_pinnableslice_value(values[i], &valueLength);
    rocksdb_pinnableslice_destroy(values[i]);
    length += valueLength;
    found++;
  }
  double seconds = now() - start;
  rocksdb_readoptions_destroy(options);
  free(bytes);
  printf("{\"seconds\":%.9f,\"count\":%ld,\"bytes\":%ld}\n", seconds, found, length);
}

static void get(const char *key) {
  char *error = NULL;
  size_t length = 0;
  rocksdb_readoptions_t *options = reading("");
  rocksdb_pinnableslice_t *value = rocksdb_get_pinned(database, options, key, strlen(key), &error);
  check("get", error);
  if (value) rocksdb_pinnableslice_value(value, &length);
  if (value) rocksdb_pinnableslice_destroy(value);
  rocksdb_readoptions_destroy(options);
  printf("{\"found\":%s,\"bytes\":%zu}\n", value ? "true" : "false", length);
}

static void catchUp(void) {
  char *error = NULL;
  double start = now();
  rocksdb_try_catch_up_with_primary(database, &error);
  double seconds = now() - start;
  check("catchup", error);
  printf("{\"seconds\":%.9f}\n", seconds);
}

static void memory(void) {
  char line[256];
  long kilobytes = 0;
  FILE *status = fopen("/proc/self/status", "r");
  while (status && fgets(line, sizeof line, status)) sscanf(line, "VmHWM: %ld", &kilobytes);
  if (status) fclose(status);
  printf("{\"bytes\":%ld}\n", kilobytes * 1024);
}

static void closeDatabase(void) {
  if (database) rocksdb_close(database);
  database = NULL;
}

int main(void) {
  static char line[8192];
  while (fgets(line, sizeof line, stdin)) {
    char verb[16] = "", first[4096] = "", second[4096] = "";
    line[strcspn(line, "\n")] = 0;
    sscanf(line, "%15s %4095s %4095s", verb, first, second);
    if (strcmp(verb, "open") == 0)
      printf("{\"seconds\":%.9f}\n", openDatabase(line, first, second));
    else if (strcmp(verb, "first") == 0) scan(line, firstPage, 1, NULL);
    else if (strcmp(verb, "scan") == 0) scan(line, -1, 1, NULL);
    else if (strcmp(verb, "count") == 0) scan(line, -1, 0, NULL);
    else if (strcmp(verb, "search") == 0) scan(line, -1, 1, first);
    else if (strcmp(verb, "lookups") == 0) lookups(line, first);
    else if (strcmp(verb, "get") == 0) get(first);
    else if (strcmp(verb, "catchup") == 0) catchUp();
    else if (strcmp(verb, "memory") == 0) memory();
    else if (strcmp(verb, "close") == 0) closeDatabase(), puts("{}");
    else stop(verb, "no such command");
    fflush(stdout);
  }
  closeDatabase();
  return 0;
}
