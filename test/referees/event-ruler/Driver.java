import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import software.amazon.event.ruler.Machine;
import software.amazon.event.ruler.MachineComplexityEvaluator;
import software.amazon.event.ruler.RuleCompiler;

/**
 * Asks AWS's own matcher about event patterns.
 *
 * Reads one JSON object a line: {"pattern": {...}, "events": [{...}]}. Writes one a line: {"refusal": "why" or null,
 * "complexity": 0, "matches": [true, false]}.
 */
public class Driver {
  /** The evaluator stops counting here: far beyond what EventBridge accepts. */
  private static final int COUNT_UP_TO = 1000;

  public static void main(String[] arguments) throws Exception {
    ObjectMapper json = new ObjectMapper();
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode question = json.readTree(line);
      byte[] answer = json.writeValueAsBytes(answer(json, question.get("pattern"), question.get("events")));
      System.out.write(answer);
      System.out.write('\n');
    }
    System.out.flush();
  }

  private static ObjectNode answer(ObjectMapper json, JsonNode pattern, JsonNode events) throws Exception {
    ObjectNode answer = json.createObjectNode();
    String refusal = RuleCompiler.check(pattern.toString());
    answer.put("refusal", refusal);
    if (refusal != null) return answer;

    Machine machine = new Machine();
    machine.addRule("rule", pattern.toString());
    answer.put("complexity", machine.evaluateComplexity(new MachineComplexityEvaluator(COUNT_UP_TO)));
    ArrayNode matches = answer.putArray("matches");
    for (JsonNode event : events) matches.add(!machine.rulesForJSONEvent(event.toString()).isEmpty());
    return answer;
  }
}
