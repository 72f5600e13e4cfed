import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.StringJoiner;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.utils.Utils;

/**
 * Batches as the classes of Kafka's Java client write and read them. A line in, a line out:
 *
 *   write CODEC PRODUCER EPOCH SEQUENCE TRANSACTIONAL RECORD...   the batch, in hex
 *   read BATCH                                                    the same line without `write`
 *
 * A record is TIME,KEY,VALUE[,NAME,VALUE]..., each but the time in hex; a key that is not there is `-`.
 */
public class Batches {
    private static final HexFormat hex = HexFormat.of();

    public static void main(String[] args) throws Exception {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            out.append(words[0].equals("write") ? write(words) : read(hex.parseHex(words[1]))).append('\n');
        }
        System.out.print(out);
    }

    private static String write(String[] words) {
        long producer = Long.parseLong(words[2]);
        short epoch = Short.parseShort(words[3]);
        int sequence = Integer.parseInt(words[4]);
        Compression compression = Compression.of(CompressionType.forName(words[1])).build();
        MemoryRecordsBuilder builder = MemoryRecords.builder(ByteBuffer.allocate(1 << 16), RecordBatch.CURRENT_MAGIC_VALUE,
            compression, TimestampType.CREATE_TIME, 0L, RecordBatch.NO_TIMESTAMP, producer, epoch, sequence,
            Boolean.parseBoolean(words[5]), RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (int at = 6; at < words.length; at++) {
            String[] fields = words[at].split(",", -1);
            Header[] headers = new Header[(fields.length - 3) / 2];
            for (int header = 0; header < headers.length; header++) {
                String name = new String(hex.parseHex(fields[3 + 2 * header]), StandardCharsets.UTF_8);
                headers[header] = new RecordHeader(name, hex.parseHex(fields[4 + 2 * header]));
            }
            byte[] key = fields[1].equals("-") ? null : hex.parseHex(fields[1]);
            builder.append(Long.parseLong(fields[0]), key, hex.parseHex(fields[2]), headers);
        }
        return hex.formatHex(Utils.toArray(builder.build().buffer()));
    }

    private static String read(byte[] bytes) {
        StringJoiner said = new StringJoiner(" ");
        for (MutableRecordBatch batch : MemoryRecords.readableRecords(ByteBuffer.wrap(bytes)).batches()) {
            batch.ensureValid();
            said.add(batch.compressionType().name).add(Long.toString(batch.producerId()));
            said.add(Short.toString(batch.producerEpoch())).add(Integer.toString(batch.baseSequence()));
            said.add(Boolean.toString(batch.isTransactional()));
            for (Record record : batch) {
                record.ensureValid();
                StringJoiner fields = new StringJoiner(",");
                fields.add(Long.toString(record.timestamp()));
                fields.add(record.hasKey() ? hex.formatHex(Utils.toArray(record.key())) : "-");
                fields.add(hex.formatHex(Utils.toArray(record.value())));
                for (Header header : record.headers())
                    fields.add(hex.formatHex(header.key().getBytes(StandardCharsets.UTF_8))).add(hex.formatHex(header.value()));
                said.add(fields.toString());
            }
        }
        return said.toString();
    }
}
